# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034 # the demo reads them
#
# The two services of the demo's containers: nginx and redis-server where they
# are installed, and otherwise $DIR/tiny_service, a listener of our own. $DIR is a
# folder that the services can read and write.

WEB_PORT=8080
STORE_PORT=6379

if nginx=$(PATH=$PATH:/usr/sbin:/sbin type -P nginx); then
	WEB_IS=nginx
	WEB=("$nginx" -e stderr -p "$DIR" -c "$DIR/nginx.conf")
	# A pod may have no user but root. An ordinary user's is not even allowed to
	# become that one again, as a worker process of nginx does.
	workers=on
	[ -n "${ENGINE-}" ] || [ "$(id -u)" -eq 0 ] || workers=off
	cat >"$DIR/nginx.conf" <<-CONF
		daemon off;
		user root;
		master_process $workers;
		worker_processes 1;
		pid "$DIR/nginx.pid";
		events {}
		http {
			access_log off;
			client_body_temp_path "$DIR/body";
			fastcgi_temp_path "$DIR/fastcgi";
			proxy_temp_path "$DIR/proxy";
			scgi_temp_path "$DIR/scgi";
			uwsgi_temp_path "$DIR/uwsgi";
			server { listen 127.0.0.1:$WEB_PORT; location / { return 200; } }
		}
	CONF
else
	WEB_IS='a tiny service'
	WEB=("$DIR/tiny_service" "$WEB_PORT")
fi

if redis=$(type -P redis-server); then
	STORE_IS='redis-server'
	STORE=("$redis" --bind 127.0.0.1 --port "$STORE_PORT" --save '' --appendonly no --dir "$DIR")
else
	STORE_IS='another tiny service'
	STORE=("$DIR/tiny_service" "$STORE_PORT")
fi

# ask web|store: prints a bash command that asks that service something on
# 127.0.0.1 and prints the first line of its answer.
ask() {
	case $1 in
	web) pod_ask "$WEB_PORT" 'GET / HTTP/1.0' ;;
	store) pod_ask "$STORE_PORT" PING ;;
	esac
}

# answers FROM TO: whether the service of container TO answers container FROM as it should.
answers() {
	local expected='HTTP/1.1 200 OK'

	[ "$2" = web ] || expected=+PONG
	case $2-$WEB_IS-$STORE_IS in
	web-*tiny*-* | store-*-*tiny*) expected='hello from a tiny service' ;;
	esac
	[ "$(container_exec "$1" bash -c "$(ask "$2")" 2>/dev/null)" = "$expected" ]
}
