-- The roles and the database of the hub on a PostgreSQL of your own, with psql as a superuser. Repeatable.
-- Passwords come from the environment: SAMSPAR_OWNER_PASSWORD and SAMSPAR_APP_PASSWORD.
\set ON_ERROR_STOP on
\getenv owner_password SAMSPAR_OWNER_PASSWORD
\getenv app_password SAMSPAR_APP_PASSWORD

-- hub_owner owns the tables and migrates; hub_app does the work and owns nothing.
SELECT format('CREATE ROLE %I', name) FROM unnest(ARRAY['hub_owner', 'hub_app']) AS wanted (name)
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec
ALTER ROLE hub_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'owner_password';
ALTER ROLE hub_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'app_password';

SELECT 'CREATE DATABASE samspar OWNER hub_owner TEMPLATE template0 ENCODING ''UTF8'''
       ' LOCALE ''C'' LOCALE_PROVIDER builtin BUILTIN_LOCALE ''C.UTF-8'''
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'samspar') \gexec
REVOKE ALL ON DATABASE samspar FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE samspar TO hub_app;
