#!/bin/sh
# /usr/local/bin/latchkey: the command line for the server of latchkey.service, with its account, settings and folders.
# Folders that are named start in /var/lib/latchkey-backups: nothing else but the data folder can be written.
exec systemd-run --quiet --pipe --wait --collect --service-type=exec \
  -p DynamicUser=yes -p User=latchkey -p UMask=0077 \
  -p StateDirectory="latchkey latchkey-backups" -p StateDirectoryMode=0700 -p CacheDirectory=latchkey \
  -p EnvironmentFile=/etc/latchkey.env \
  -p Environment="NODE_ENV=production LATCHKEY_DATA_DIR=/var/lib/latchkey NODE_COMPILE_CACHE=/var/cache/latchkey INIT_CWD=/var/lib/latchkey-backups" \
  -p WorkingDirectory=/opt/latchkey \
  /usr/bin/node /opt/latchkey/lib/node_modules/latchkey/dist/app/src/cli.js "$@"
