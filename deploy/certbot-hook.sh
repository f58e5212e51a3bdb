#!/bin/sh
# Gives a new certificate to nginx or Sigver, whichever speaks TLS, and to coturn. Goes to
# /etc/letsencrypt/renewal-hooks/deploy/sigver: certbot runs it after each renewal. By hand:
# RENEWED_LINEAGE=/etc/letsencrypt/live/sigver.example.org sh certbot-hook.sh
set -e

# give <folder> <how install(1) gives it>
give() {
  folder=$1
  shift
  install "$@" "$RENEWED_LINEAGE/fullchain.pem" "$folder/chain.pem" &&
    install "$@" "$RENEWED_LINEAGE/privkey.pem" "$folder/key.pem"
}

# Sigver looks at its files itself.
if [ -d /etc/sigver/tls ]; then give /etc/sigver/tls -g sigver-tls -m 640; fi
if [ -d /etc/turnserver ]; then
  give /etc/turnserver -o turnserver -m 600
  systemctl kill --signal=USR2 coturn || echo 'coturn does not run' >&2
fi
if [ -d /etc/nginx/sigver ]; then
  give /etc/nginx/sigver -m 600
  nginx -t -q && systemctl reload nginx
fi
