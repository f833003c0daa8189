"""JavaScript and TypeScript answers: run by Node inside a sandbox, and compiled in another one."""
