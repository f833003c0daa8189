/** A user list over HTTP, page by page. */

import express from "express";

/** How each parameter is read: its text becomes a value, or `undefined` where it is not valid. */
const PARAMETERS = {
  page: { read: (text) => wholeNumber(text, Number.MAX_SAFE_INTEGER), allowed: "a whole number from 1" },
  limit: { read: (text) => wholeNumber(text, 100), allowed: "a whole number from 1 to 100" },
  role: { read: (text) => text, allowed: "one role" },
  active: { read: (text) => ({ true: true, false: false, __proto__: null })[text], allowed: "true or false" },
  q: { read: (text) => text.toLowerCase(), allowed: "one text" },
};

/** Reads decimal digits as a number from 1 to `max`; `undefined` for anything else. */
function wholeNumber(text, max) {
  if (!/^[0-9]+$/.test(text)) return undefined;
  const number = Number(text);
  return number >= 1 && number <= max ? number : undefined;
}

/**
 * Reads all parameters that a query has; those that are not known are left alone.
 *
 * @param {Record<string, unknown>} query - as Express parses it: repeated parameters are arrays
 * @returns {{values: object, error?: string}} the values by name, and what is wrong with the first bad one
 */
function readQuery(query) {
  const values = { page: 1, limit: 20 };
  for (const [name, { read, allowed }] of Object.entries(PARAMETERS)) {
    const text = query[name];
    if (text === undefined) continue;
    const value = typeof text === "string" ? read(text) : undefined;
    if (value === undefined) return { values, error: `${name} must be ${allowed}` };
    values[name] = value;
  }
  return { values };
}

/** Yields the users that pass every filter that is set, without what clients must not see. */
function* matching(users, { role, active, q }) {
  for (const { id, name, email, role: hasRole, active: isActive } of users) {
    if (role !== undefined && hasRole !== role) continue;
    if (active !== undefined && isActive !== active) continue;
    if (q !== undefined && !`${name}\n${email}`.toLowerCase().includes(q)) continue;
    yield { id, name, email, role: hasRole, active: isActive };
  }
}

/**
 * Creates an application for `GET /users`; the caller makes it listen.
 *
 * Totals are counted after the filters. A page past the end is empty and no error; a parameter that is
 * not valid is answered with status 400. Password hashes are never sent.
 *
 * @param {Iterable<{id: number, name: string, email: string, role: string, active: boolean}>} users -
 *   the users in the order in which they are listed; nothing is written to them
 * @returns {import("express").Express} an application that shares nothing with others
 */
export function createApp(users) {
  return express().get("/users", (request, response) => {
    const { values, error } = readQuery(request.query);
    if (error !== undefined) {
      response.status(400).json({ error });
      return;
    }

    const found = [...matching(users, values)];
    const { page, limit } = values;
    response.json({
      data: found.slice((page - 1) * limit, page * limit),
      pagination: { page, limit, total: found.length, totalPages: Math.ceil(found.length / limit) },
    });
  });
}
