// SPDX-License-Identifier: Apache-2.0
/*
 * tiny_service PORT: answers whoever connects to 127.0.0.1:PORT with one line,
 * for the demo on a machine that has no server installed. Exit status: 1 with a
 * line on stderr if it cannot listen.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	static const char hello[] = "hello from a tiny service\r\n";
	const struct sockaddr_in address = {
	    .sin_family = AF_INET,
	    .sin_port = htons((in_port_t)strtoul(argc == 2 ? argv[1] : "0", NULL, 10)),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	const int yes = 1;
	char request[64];
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	if (listener < 0 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) < 0 ||
	    bind(listener, (const struct sockaddr *)&address, sizeof address) < 0 ||
	    listen(listener, 8) < 0) {
		perror("tiny_service");
		return 1;
	}
	for (;;) {
		int client = accept(listener, NULL, NULL);
		if (read(client, request, sizeof request) > 0 &&
		    write(client, hello, sizeof hello - 1) < 0)
			perror("tiny_service");
		close(client);
	}
}
