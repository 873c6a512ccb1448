/** Hostile packets for a live pair, for the bench and for the test that runs a little of it. */
export { floodPair } from './bench/packets/live/flood.js';
export { floodSums } from './bench/packets/live/report.js';
