# The desk as an image: `docker build -t glasno .`; the commands are those of `glasno --help`.
FROM python:3.11.13-slim-bookworm AS built
WORKDIR /glasno
COPY requirements.txt ./
# Every file is held to its hash; nothing is compiled: a wheel that is missing is a mistake here, not a slow build.
RUN python -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --only-binary :all: --require-hashes -r requirements.txt
# Which version this is.
COPY pyproject.toml ./
COPY domain domain
COPY store store
COPY audit audit
COPY projections projections
COPY monitoring monitoring
COPY status_page status_page
COPY api api
COPY service service
# Every command is loaded once, and what they bring in later: nothing is missing that they need.
RUN /opt/venv/bin/python -m compileall -q . \
 && /opt/venv/bin/python -c "import click, monitoring.probes.looking, service.commands.faults, service.demo, service.inbox.taking; \
from service.__main__ import glasno; glasno.to_info_dict(click.Context(glasno))"

FROM python:3.11.13-slim-bookworm
ENV PATH=/opt/venv/bin:$PATH PYTHONPATH=/glasno PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
# Views that are built anew lie in a temporary database as large as they are: not in /tmp, which is memory.
ENV SQLITE_TMPDIR=/var/lib/glasno
RUN useradd --system --uid 10001 --home-dir /var/lib/glasno --create-home --shell /usr/sbin/nologin glasno \
 && install -d -o glasno -g glasno -m 0700 /var/lib/glasno /srv/page
COPY --from=built /opt/venv /opt/venv
COPY --from=built /glasno /glasno
USER 10001:10001
WORKDIR /var/lib/glasno
VOLUME /var/lib/glasno
EXPOSE 8000 9108
# What each process answers differs: docker-compose.yml has the health checks.
ENTRYPOINT ["python", "-m", "service"]
CMD ["serve"]
