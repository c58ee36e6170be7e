// long: a hundred kills instead of five.

import { long } from '#test/harness/long.ts'
import { describeKills } from './lives.ts'

// In parts, so that one that hangs is noticed before the time of the whole file is over.
describeKills('sqlite', long([34, 33, 33], [5]))
