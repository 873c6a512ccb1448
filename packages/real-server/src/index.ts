// A program of its own; nothing is imported from here.
export {};
