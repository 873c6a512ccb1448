/** Between two frames that the doctor sends: a hundred a second at most, whatever there is to be asked. */
export const FRAME_GAP_MS = 10;
