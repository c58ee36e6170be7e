import { engines } from '../harness/app.ts'
import { describeKills } from './lives.ts'

if (engines.includes('postgres')) describeKills('postgres', [20])
