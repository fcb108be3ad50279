// SPDX-License-Identifier: Apache-2.0
/*
 * The argument match, for Eva: what meaning() says of every string that there is. Each is an
 * option, or begins like some and then has a byte that none of these has there; and the memory
 * that is given to meaning() ends with that byte. If no read past it is found, then what follows
 * there, and how much of it, cannot matter.
 */
#include "../src/pause.c"

static const struct {
	const char *text;
	char letter;
} OPTION[] = {{"-v", 'v'},     {"-V", 'v'},           {"--version", 'v'}, {"-h", 'h'},
              {"--help", 'h'}, {"--log-reaped", 'l'}, {"--guard", 'g'}};

enum { OPTIONS_THERE_ARE = sizeof OPTION / sizeof *OPTION, ROOM = 16, BYTES = 256 };

static int begins_like(const char *text, const char *other, int length)
{
	for (int i = 0; i < length; i++)
		if (text[i] != other[i])
			return 0;
	return 1;
}

/* What begins like `text` for `length` bytes, and goes on as no option does. */
static void differs_after(const char *text, int length)
{
	char room[ROOM];
	char *argument = room + ROOM - 1 - length;
	char goes_on[BYTES + 1] = {0};
	int first = 0;

	for (int i = 0; i < OPTIONS_THERE_ARE; i++)
		if (begins_like(text, OPTION[i].text, length))
			goes_on[(unsigned char)OPTION[i].text[length]] = 1;
	for (int i = 0; i < length; i++)
		argument[i] = text[i];
	/* Each range of bytes that no option has there. */
	for (int i = 0; i <= BYTES; i++) {
		if (i < BYTES && i != BYTES / 2 && !goes_on[i])
			continue;
		if (first < i) {
			const int byte = (int)any;

			if (byte >= first && byte < i) {
				char letter;

				argument[length] = (char)byte;
				letter = meaning(argument);
				/*@ assert unknown: letter == '?'; */
			}
		}
		first = i < BYTES && goes_on[i] ? i + 1 : i;
	}
}

void match(void);
void match(void)
{
	for (int i = 0; i < OPTIONS_THERE_ARE; i++) {
		const char letter = meaning(OPTION[i].text);

		/*@ assert known: letter == OPTION[i].letter; */
		for (int length = 0; OPTION[i].text[length] != '\0'; length++)
			differs_after(OPTION[i].text, length);
		differs_after(OPTION[i].text, (int)strlen(OPTION[i].text));
	}
}
