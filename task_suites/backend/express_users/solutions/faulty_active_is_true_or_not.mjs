// caught by: refuses what is neither true nor false; says which parameter is not valid
import express from "express";

const MAX_LIMIT = 100;

/** Reads a whole number from 1; `null` if the text is none. */
function positiveInteger(text, fallback) {
  if (text === undefined) return fallback;
  return typeof text === "string" && /^[1-9]\d*$/.test(text) ? Number(text) : null;
}

/** Picks the fields that clients may see. */
function publicUser({ id, name, email, role, active }) {
  return { id, name, email, role, active };
}

/**
 * Creates an Express application that serves `GET /users`. It does not listen.
 *
 * @param {object[]} users - the users, in the order in which they are listed
 * @returns {import("express").Express} the application
 */
export function createApp(users) {
  const app = express();

  app.get("/users", (request, response) => {
    const { role, active, q } = request.query;
    const page = positiveInteger(request.query.page, 1);
    const limit = positiveInteger(request.query.limit, 20);
    if (page === null) {
      response.status(400).json({ error: "page must be a whole number from 1" });
      return;
    }
    if (limit === null || limit > MAX_LIMIT) {
      response.status(400).json({ error: `limit must be a whole number from 1 to ${MAX_LIMIT}` });
      return;
    }
    if (Array.isArray(role) || Array.isArray(q)) {
      response.status(400).json({ error: "role and q must be given once" });
      return;
    }

    const needle = q?.toLowerCase();
    const matches = users.filter(
      (user) =>
        (role === undefined || user.role === role) &&
        (active === undefined || user.active === (active === "true")) &&
        (needle === undefined ||
          user.name.toLowerCase().includes(needle) ||
          user.email.toLowerCase().includes(needle)),
    );

    const start = (page - 1) * limit;
    response.json({
      data: matches.slice(start, start + limit).map(publicUser),
      pagination: { page, limit, total: matches.length, totalPages: Math.ceil(matches.length / limit) },
    });
  });

  return app;
}
