import express from "express";

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;

/** A query parameter that the client has got wrong; it is answered with status 400. */
class BadParameter extends Error {}

/**
 * Creates an Express application that serves `GET /users`. It does not listen.
 *
 * The users that match all given filters are answered page by page, in the order of the array, and
 * without their password hashes. A parameter that is not valid gives status 400 and `{"error": "..."}`.
 *
 * @param {ReadonlyArray<{id: number, name: string, email: string, role: string, active: boolean,
 *   passwordHash: string}>} users - read on each request, never changed
 * @returns {import("express").Express} the application
 */
export function createApp(users) {
  const app = express();
  app.disable("x-powered-by");

  app.get("/users", (request, response) => {
    const page = positiveInteger(request.query, "page", 1);
    const limit = positiveInteger(request.query, "limit", DEFAULT_LIMIT, MAX_LIMIT);
    const matches = users.filter(userFilter(request.query));
    const start = (page - 1) * limit;

    response.json({
      data: matches.slice(start, start + limit).map(publicUser),
      pagination: { page, limit, total: matches.length, totalPages: Math.ceil(matches.length / limit) },
    });
  });

  app.use((error, _request, response, next) => {
    if (!(error instanceof BadParameter)) {
      next(error);
      return;
    }
    response.status(400).json({ error: error.message });
  });

  return app;
}

/** Picks the fields that clients may see; what is added to users later stays private until it is listed. */
function publicUser({ id, name, email, role, active }) {
  return { id, name, email, role, active };
}

/** Makes a predicate of the filters `role`, `active` and `q`, all of which have to match. */
function userFilter(query) {
  const role = single(query, "role");
  const active = single(query, "active");
  const needle = single(query, "q")?.toLowerCase();
  if (active !== undefined && active !== "true" && active !== "false") {
    throw new BadParameter("active must be true or false");
  }

  return (user) =>
    (role === undefined || user.role === role) &&
    (active === undefined || user.active === (active === "true")) &&
    (needle === undefined || [user.name, user.email].some((text) => text.toLowerCase().includes(needle)));
}

/** Reads a parameter that may be given once or not at all; a repeated one arrives as an array. */
function single(query, name) {
  const value = query[name];
  if (value !== undefined && typeof value !== "string") {
    throw new BadParameter(`${name} must be given only once`);
  }
  return value;
}

/** Reads a whole number from 1 to `max`, written in decimal digits and nothing else. */
function positiveInteger(query, name, fallback, max = Number.MAX_SAFE_INTEGER) {
  const value = single(query, name);
  if (value === undefined) return fallback;
  const number = /^\d+$/.test(value) ? Number(value) : 0;
  if (number < 1 || number > max) {
    throw new BadParameter(`${name} must be a whole number from 1 to ${max}`);
  }
  return number;
}
