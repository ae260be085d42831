// What chai-backend itself makes with jsonwebtoken and bcrypt.
//
//	node theirs.js claims TOKEN SECRET	verified, as JSON
//	node theirs.js forge TOKEN SECRET	its claims, signed in other ways,
//						a line each: how, and the token
//	node theirs.js account ID NAME PASSWORD SECRET
//						a line of its collection
//	node theirs.js move-in URL STYLE ID NAME SECRET TOKEN
//						its front-end, at the instance
//
"use strict";
const assert = require("node:assert/strict");
const bcrypt = require("bcrypt");
const jws = require("jws");
const jwt = require("jsonwebtoken");
const { client } = require("./client");

async function claims(token, secret) {
	assert.throws(() => jwt.verify(token, secret + "x"),
	    { message: "invalid signature" });
	console.log(JSON.stringify(jwt.verify(token, secret)));
}

async function forge(token, secret) {
	const { header, payload } = jws.decode(token, { json: true });
	const say = (how, forged) => console.log(how, forged);
	const sign = (how, alg, key) => say(how, jws.sign({
	    header: { ...header, alg }, payload, secret: key }));
	sign("well", "HS256", secret);
	sign("another-secret", "HS256", secret + "x");
	sign("HS384", "HS384", secret);
	sign("HS512", "HS512", secret);
	sign("none", "none", "");
	// As their generateAccessToken() does: no session, no kid.
	const { _id, email, username, fullName } = payload;
	say("chai", jwt.sign({ _id, email, username, fullName }, secret,
	    { expiresIn: "1d" }));
}

const refreshToken = (_id, secret) => jwt.sign({ _id }, secret,
    { expiresIn: "10d" });

async function account(id, username, password, secret) {
	const now = { $date: "2024-01-02T03:04:05.678Z" };
	console.log(JSON.stringify({
		_id: { $oid: id }, username, email: `${username}@example.org`,
		fullName: "From There", avatar: "https://example.org/a.jpg",
		coverImage: "", watchHistory: [],
		password: await bcrypt.hash(password, 10),
		createdAt: now, updatedAt: now, __v: 0,
		refreshToken: refreshToken(id, secret),
	}));
}

// Whoever was logged in there is so here, and never saw a login form.
async function moveIn(url, style, _id, username, secret, token) {
	const page = client(url, style);
	const access = jwt.sign({ _id, username, email: "", fullName: "" },
	    secret, { expiresIn: "1d" });
	if (style === "cookies") {
		await page.setCookie("accessToken", access);
		await page.setCookie("refreshToken", token);
	} else
		Object.assign(page, { access, refresh: token });

	const me = () => page.http.get("/users/current-user");
	assert.equal((await me()).data.data._id, _id);
	assert.equal(page.refreshes, 1);
	assert.equal((await me()).data.data.username, username);
	assert.equal(page.refreshes, 1);
	if (style === "cookies") {
		assert.equal(await page.cookie("accessToken"), undefined);
		assert.equal(await page.cookie("refreshToken"), undefined);
	}

	// A copy of it is worth nothing now.
	const thief = client(url, "bearer");
	Object.assign(thief, { access, refresh: token });
	await assert.rejects(thief.http.get("/users/current-user"),
	    (error) => error.response?.data.code === "invalid_token");
}

const verbs = { claims, forge, account, "move-in": moveIn };
const [verb, ...rest] = process.argv.slice(2);
verbs[verb](...rest).catch((error) => {
	console.error(error.stack, error.response?.data ?? "");
	process.exit(1);
});
