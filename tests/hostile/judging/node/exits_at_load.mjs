// Ends the process as if all was well, before anything is asked. Earns: nothing
process.exit(0);
