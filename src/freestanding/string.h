// SPDX-License-Identifier: Apache-2.0
#pragma once

static inline int strcmp(const char *a, const char *b)
{
	while (*a == *b && *a != '\0') {
		a++;
		b++;
	}
	return (unsigned char)*a - (unsigned char)*b;
}

static inline unsigned long strlen(const char *s)
{
	unsigned long length = 0;

	while (s[length] != '\0')
		length++;
	return length;
}
