# Writes the sessions of connect-pg-simple as lines of JSON. Arguments: those of psql, such as postgres://host/shop.
# `expire` has no time zone in the table. The cast adds the one of the database, which connect-pg-simple used too.
set -eu
psql -qAtX -v ON_ERROR_STOP=1 -v FETCH_COUNT=1000 "$@" -c '
  SELECT row_to_json(dump) FROM (SELECT sid, sess, expire::timestamptz AS expire FROM session) AS dump'
