#!/bin/sh
# sh deploy/secrets.sh HOST: passwords, and the addresses that hold them, as files under deploy/secrets. Never overwrites.
# The processes in the containers have users of their own and must be able to read them; the folder is yours alone.
set -eu
host=${1:?HOST is missing: the name at which clients will find the desk, such as status.example.org}
cd "$(dirname "$0")"
mkdir -p secrets
chmod 700 secrets

password() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
keep() { # FILE TEXT
    if [ ! -e "secrets/$1" ]; then
        printf '%s' "$2" >"secrets/$1"
        chmod 444 "secrets/$1"
    fi
}

keep postgres_password "$(password)"
keep grafana_password "$(password)"
postgres=postgresql://glasno:$(cat secrets/postgres_password)@postgres:5432
keep glasno_database_url "$postgres/glasno"
keep glasno_keys_url "$postgres/glasno_keys"
nats=$(password)
keep nats_authorization "authorization { user: glasno, password: \"$nats\" }"
keep nats_login "glasno:$(sed 's/.*password: "\(.*\)".*/\1/' secrets/nats_authorization)"
# Until the desk has written its own: docs/deploy.md.
keep alertmanager "{route: {receiver: nobody}, receivers: [{name: nobody}]}"
keep alertmanager_token "none"
[ -e site.yml ] || printf -- "- targets: ['https://%s/en/']\n" "$host" >site.yml
chmod a+r site.yml
[ -e ../.env ] || printf 'GLASNO_HOST=%s\n' "$host" >../.env
