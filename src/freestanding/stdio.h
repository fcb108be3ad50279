// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdarg.h>
#include <string.h>
#include <unistd.h>

/* Knows %s and %u. What does not fit is cut off. Writes no NUL: pause goes by the length. */
static inline int vsnprintf(char *to, size_t size, const char *format, va_list values)
{
	size_t length = 0;

	for (; *format != '\0'; format++) {
		char digits[10]; /* of the largest unsigned */
		const char *from = format;
		size_t count = 1;

		if (*format == '%' && *++format == 's') {
			from = va_arg(values, const char *);
			count = strlen(from);
		} else if (*from == '%') {
			unsigned number = va_arg(values, unsigned);

			from = digits + sizeof digits;
			for (count = 0; count == 0 || number > 0; count++, number /= 10)
				*(char *)--from = (char)('0' + number % 10);
		}
		for (; count > 0 && length < size; count--)
			to[length++] = *from++;
	}
	return (int)length;
}
