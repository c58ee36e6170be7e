/**
 * Each password hash takes 19 MB for a moment. With an arena for every thread, glibc keeps some of them for ever: a used
 * process stood at 250 MB. One arena, blocks up to 32 MB taken from it and 64 MB of it kept, costs no time and holds 100
 * MB less. Read by the C library before the first line of ours, so only the parent process can set it; other C libraries
 * ignore it.
 */
export const memoryBounds = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_MMAP_THRESHOLD_: '33554432',
  MALLOC_TRIM_THRESHOLD_: '67108864',
}
