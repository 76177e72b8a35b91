-- Keys are kept apart from the log, so that they are backed up, and destroyed, apart.
CREATE DATABASE glasno_keys OWNER glasno;
