#include "base/base.h"
#include "base/arena.h"

/*
 * Blocks are asked of malloc and cut up from the front.  A sanitizer sees
 * only what malloc gave out, so that under one each allocation has a block of
 * its own, of exactly its size.
 */
#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define EXACT_BLOCKS
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define EXACT_BLOCKS
#endif

#ifdef EXACT_BLOCKS
enum { BLOCK_SIZE = 1, KEEPS_BLOCK = false };
#else
enum { BLOCK_SIZE = 16 * 1024, KEEPS_BLOCK = true };
#endif

enum { ALIGNMENT = _Alignof(max_align_t) };

struct block {
	struct block	*next;
	size_t		 size;
	size_t		 used;
	_Alignas(max_align_t) unsigned char data[];
};

struct arena {
	struct block	*blocks;	/* the newest first */
	bool		 has_failed;
};

struct arena *
arena_new(void)
{
	return calloc(1, sizeof(struct arena));
}

/* A block with room for `size` bytes, in front of the others. */
static struct block *
block_new(struct arena *arena, size_t size)
{
	struct block *block;

	/* No object is larger, and what is added below cannot overflow. */
	if (size > PTRDIFF_MAX - sizeof(*block) - BLOCK_SIZE)
		return NULL;
	if (size < BLOCK_SIZE)
		size = BLOCK_SIZE;
	if ((block = calloc(1, sizeof(*block) + size)) == NULL)
		return NULL;
	block->size = size;
	block->next = arena->blocks;
	arena->blocks = block;
	return block;
}

/* `size` bytes of what is left of a block, or NULL. */
static void *
block_take(struct block *block, size_t size)
{
	size_t start;

	start = (block->used + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	if (start > block->size || size > block->size - start)
		return NULL;
	block->used = start + size;
	return block->data + start;
}

void *
arena_alloc(struct arena *arena, size_t size)
{
	struct block *block;
	void *memory;

	if ((block = arena->blocks) != NULL &&
	    (memory = block_take(block, size)) != NULL)
		return memory;
	if ((block = block_new(arena, size)) == NULL) {
		arena->has_failed = true;
		return NULL;
	}
	return block_take(block, size);
}

bool
arena_failed(const struct arena *arena)
{
	return arena->has_failed;
}

char *
arena_strdup(struct arena *arena, const char *text)
{
	return text == NULL ? NULL : arena_strndup(arena, text, strlen(text));
}

char *
arena_strndup(struct arena *arena, const char *text, size_t size)
{
	char *copy;

	if (text == NULL)
		return NULL;
	size = strnlen(text, size);
	if ((copy = arena_alloc(arena, size + 1)) != NULL)
		memcpy(copy, text, size);
	return copy;
}

char *
arena_printf(struct arena *arena, const char *format, ...)
{
	va_list ap;
	char *text;
	int length;

	va_start(ap, format);
	length = vsnprintf(NULL, 0, format, ap);
	va_end(ap);
	if (length < 0) {
		arena->has_failed = true;
		return NULL;
	}
	if ((text = arena_alloc(arena, (size_t)length + 1)) == NULL)
		return NULL;
	va_start(ap, format);
	vsnprintf(text, (size_t)length + 1, format, ap);
	va_end(ap);
	return text;
}

/*
 * One block of the usual size is kept: the next request will want it, and it
 * is zeros throughout, because what is behind the used bytes was never
 * written.
 */
void
arena_wipe(struct arena *arena)
{
	struct block *block, *kept = NULL;

	while ((block = arena->blocks) != NULL) {
		arena->blocks = block->next;
		explicit_bzero(block->data, block->used);
		if (KEEPS_BLOCK && kept == NULL && block->size == BLOCK_SIZE) {
			kept = block;
			kept->used = 0;
			kept->next = NULL;
		} else {
			free(block);
		}
	}
	arena->blocks = kept;
	arena->has_failed = false;
}

void
arena_free(struct arena *arena)
{
	if (arena == NULL)
		return;
	arena_wipe(arena);
	free(arena->blocks);
	free(arena);
}
