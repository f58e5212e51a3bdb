#!/bin/sh
# Gives a new certificate to nginx and coturn. Goes to /etc/letsencrypt/renewal-hooks/deploy/sigver: certbot runs it after
# each renewal. By hand: RENEWED_LINEAGE=/etc/letsencrypt/live/sigver.example.org sh certbot-hook.sh
set -e
install -m 600 "$RENEWED_LINEAGE/fullchain.pem" /etc/nginx/sigver/chain.pem
install -m 600 "$RENEWED_LINEAGE/privkey.pem" /etc/nginx/sigver/key.pem
nginx -t -q && systemctl reload nginx

if [ -d /etc/turnserver ]; then
  install -o turnserver -m 600 "$RENEWED_LINEAGE/fullchain.pem" /etc/turnserver/chain.pem
  install -o turnserver -m 600 "$RENEWED_LINEAGE/privkey.pem" /etc/turnserver/key.pem
  systemctl kill --signal=USR2 coturn
fi
