// lvsd starts the program; nothing is imported from here.
export {};
