#!/bin/sh
# Dumps a PostgreSQL database again and again, and keeps the newest dumps.
#
#   backup.sh          a dump every BACKUP_EVERY seconds (86400), until it is stopped
#   backup.sh once     one dump
#   backup.sh check    whether the newest is as new as it should be
#
# libpq's own variables say which database: PGHOST, PGUSER, PGDATABASE, PGPASSWORD. Dumps lie in
# BACKUP_FOLDER (/backups); the newest BACKUP_KEEP (7) stay. A dump is called so once it is whole.
set -eu
folder=${BACKUP_FOLDER:-/backups}
every=${BACKUP_EVERY:-86400}
keep=${BACKUP_KEEP:-7}
# Texts of customers are in it.
umask 077

say() { echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) $*"; }

dump() {
    new=$folder/triage-$(date -u +%Y%m%dT%H%M%SZ).dump
    rm -f "$folder"/*.part
    # In its parts, too: what cannot be read again is no backup.
    if pg_dump --format custom --file "$new.part" && pg_restore --list "$new.part" > /dev/null; then
        mv "$new.part" "$new"
        say "$new: $(du -k "$new" | cut -f 1) KiB"
    else
        rm -f "$new.part"
        say "no dump was made: what pg_dump says stands above" >&2
        return 1
    fi
    # The names are in the order of time.
    find "$folder" -name 'triage-*.dump' | sort -r | tail -n "+$((keep + 1))" | while read -r old; do
        rm "$old"
        say "$old is removed: newer ones are $keep"
    done
}

case ${1:-forever} in
once) dump ;;
check)
    # A quarter of the time more, for a dump that takes long.
    newest=$(find "$folder" -name 'triage-*.dump' -mmin "-$((every * 5 / 4 / 60 + 1))")
    test -n "$newest" || { say "no dump is as new as BACKUP_EVERY=$every asks for" >&2; exit 1; }
    ;;
forever)
    trap 'exit 0' TERM INT
    while :; do
        # After one that failed again in ten minutes at the latest.
        if dump; then pause=$every; else pause=$((every < 600 ? every : 600)); fi
        sleep "$pause" &
        wait $! || :
    done
    ;;
*) say "unknown: $1; there are once and check" >&2; exit 2 ;;
esac
