/* What a process that sees passwords and keys does before anything else. */
#ifndef DARBAN_PROCESS_H
#define DARBAN_PROCESS_H

/*
 * Keeps the memory of this process to itself: no core file, nobody of the
 * same user who attaches to it, and what is freed is overwritten.
 */
void	process_harden(void);

enum { PROCESS_NICE = 10 };

/*
 * Lets every other process go first, as what takes long should: from now on
 * by PROCESS_NICE.
 */
void	process_stand_back(void);

#endif
