import { shareBrowser } from './browser.ts'

// Loaded before the first file into a process that runs browser tests.
await shareBrowser()
