// SPDX-License-Identifier: Apache-2.0
/*
 * loopback: brings up the loopback interface of the network namespace that it
 * runs in, as a CNI plugin does for a pod. ip(8) would do, but is not on every
 * machine. netdevice(7). Exit status: 0, or 1 with a line on stderr.
 */
#include <net/if.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

int main(void)
{
	struct ifreq interface = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &interface) < 0) {
		perror("loopback");
		return 1;
	}
	return 0;
}
