import { describeKills } from './lives.ts'

// In parts, so that one that hangs is noticed before the time of the whole file is over.
describeKills('sqlite', [34, 33, 33])
