// long: twenty kills instead of three.

import { long } from '#test/harness/long.ts'
import { engines } from '../harness/app.ts'
import { describeKills } from './lives.ts'

if (engines.includes('postgres')) describeKills('postgres', long([20], [3]))
