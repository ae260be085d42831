// What front-ends of chai-backend do, against a running instance:
//
//	node front.js VERB URL STYLE NAME PASSWORD [ARGUMENT ...]
//
// STYLE as in client.js; the account is there, but for `register`.
//
"use strict";
const assert = require("node:assert/strict");
const fs = require("node:fs");
const jws = require("jws");
const NodeForm = require("form-data");
const { client, ORIGIN } = require("./client");

const [verb, url, style, name, password, ...rest] = process.argv.slice(2);
const page = client(url, style);
const user = (response) => response.data.data;

function refused(status, code) {
	return (error) => {
		assert.equal(error.response?.status, status, String(error));
		assert.equal(error.response.data.code, code);
		assert.equal(error.response.data.success, false);
		return true;
	};
}

// The access token as it will be when its time is over.
function expired(token, secret) {
	const { header, payload } = jws.decode(token, { json: true });
	const iat = Math.floor(Date.now() / 1000) - 3600;
	return jws.sign({ header, secret,
	    payload: { ...payload, iat, exp: iat + 900 } });
}

async function expire(access, secret) {
	const token = expired(access, secret);
	if (style === "bearer")
		page.access = token;
	else
		await page.setCookie("__Host-accessToken", token);
}

const me = () => page.http.get("/users/current-user");

// An access token that has expired is renewed, and nobody sees it.
async function session(secret) {
	const response = await page.login(name, password);
	assert.equal(response.data.statusCode, 200);
	assert.equal(user(response).user.username, name);
	assert.equal(user(await me())._id, user(response).user._id);
	assert.equal(page.refreshes, 0);
	if (style === "cookies") {
		assert.equal(response.headers["access-control-allow-origin"],
		    ORIGIN);
		assert.ok(await page.cookie("__Host-refreshToken"));
	}

	await expire(user(response).accessToken, secret);
	assert.equal(user(await me()).username, name);
	assert.equal(page.refreshes, 1);
	await me();
	assert.equal(page.refreshes, 1);

	// The browser lets go of a cookie whose time is over.
	if (style === "cookies") {
		await page.setCookie("__Host-accessToken", null);
		await me();
		assert.equal(page.refreshes, 2);
	}
}

// Three requests of one page find out at once, and each renews it.
async function together(secret) {
	const response = await page.login(name, password);
	await expire(user(response).accessToken, secret);
	page.crowd = 3;
	const all = await Promise.all([me(), me(), me()]);
	assert.ok(all.every((r) => user(r).username === name));
	await me();
	assert.equal(page.refreshes, 3);
}

// After a logout the interceptor fails once, and does not go round.
async function logout() {
	const response = await page.login(name, password);
	assert.deepEqual(user(await page.http.post("/users/logout")), {});
	if (style === "cookies") {
		assert.equal(await page.cookie("__Host-accessToken"),
		    undefined);
		assert.equal(await page.cookie("__Host-refreshToken"),
		    undefined);
	}
	await assert.rejects(me(), (error) =>
	    error.response?.status === 401);
	assert.equal(page.refreshes, 1);
	page.access = user(response).accessToken;
	page.refresh = user(response).refreshToken;
	await assert.rejects(me(), (error) => error.response?.status === 401);
}

async function account() {
	await page.login(name, password);
	const email = `${name}.new@example.org`;
	const patched = await page.http.patch("/users/update-account",
	    { fullName: "  Another Name ", email });
	assert.equal(user(patched).fullName, "Another Name");
	assert.equal(user(patched).email, email);
	assert.equal(user(await me()).email, email);

	const change = (oldPassword, newPassword) => page.http.post(
	    "/users/change-password", { oldPassword, newPassword });
	await assert.rejects(change("wrong pass word", rest[0]),
	    refused(400, "invalid_password"));
	assert.equal(page.refreshes, 0);
	const changed = await change(password, rest[0]);
	assert.deepEqual(user(changed), {});
	assert.equal(changed.data.message, "Password changed successfully");
	await me();
	assert.equal(page.refreshes, 0);
	const other = client(url, style);
	await assert.rejects(other.login(name, password),
	    refused(401, "invalid_credentials"));
	await other.login(name, rest[0]);
}

const picture = (file) => new Blob([fs.readFileSync(file)],
    { type: "image/jpeg" });

async function fetched(address) {
	assert.match(address, /^\/avatars\/[0-9a-f]{32}\.(jpg|webp)$/);
	const response = await fetch(url + address);
	assert.equal(response.status, 200);
	assert.match(response.headers.get("content-type"), /^image\//);
	return (await response.arrayBuffer()).byteLength;
}

function person() {
	const form = new FormData();
	form.append("fullName", "A Person");
	form.append("email", `${name}@example.org`);
	form.append("username", name);
	form.append("password", password);
	return form;
}

// With both pictures, with what FormData makes of none, and from Node.
async function register(file) {
	const form = person();
	form.append("avatar", picture(file), "../../evil name.jpg");
	form.append("coverImage", picture(file), "cover.jpg");
	const both = await page.http.post("/users/register", form);
	assert.equal(both.status, 201);
	assert.ok(await fetched(user(both).avatar) > 0);
	assert.ok(await fetched(user(both).coverImage) > 0);
	assert.notEqual(user(both).avatar, user(both).coverImage);
	await assert.rejects(page.http.post("/users/register", form),
	    refused(409, "already_exists"));
	assert.equal(user(await page.login(name, password)).user._id,
	    user(both)._id);

	for (const nothing of [undefined, null]) {
		const other = person();
		other.set("username", `${name}-${nothing}`);
		other.set("email", `${name}-${nothing}@example.org`);
		other.append("avatar", picture(file), "avatar.jpg");
		other.append("coverImage", nothing);
		const one = await page.http.post("/users/register", other);
		await fetched(user(one).avatar);
		assert.equal(user(one).coverImage, "");
	}

	const node = new NodeForm();
	node.append("fullName", "A Person");
	node.append("email", `${name}-node@example.org`);
	node.append("username", `${name}-node`);
	node.append("password", password);
	node.append("avatar", fs.createReadStream(file));
	const one = await page.http.post("/users/register", node);
	await fetched(user(one).avatar);
}

// The picture is sent again, whole, once the token is renewed.
async function pictures(secret, file) {
	const response = await page.login(name, password);
	const send = (route, member) => {
		const form = new FormData();
		form.append(member, picture(file), "picture.jpg");
		return page.http.patch(`/users/${route}`, form);
	};
	const first = await send("avatar", "avatar");
	await fetched(user(first).avatar);
	await expire(user(response).accessToken, secret);
	const second = await send("avatar", "avatar");
	assert.equal(page.refreshes, 1);
	assert.notEqual(user(second).avatar, user(first).avatar);
	await fetched(user(second).avatar);

	const cover = await send("cover-image", "coverImage");
	await fetched(user(cover).coverImage);
	assert.equal(user(await me()).coverImage, user(cover).coverImage);
	await assert.rejects(send("cover-image", "avatar"),
	    (error) => [400, 422].includes(error.response?.status));
}

const verbs = { session, together, logout, account, register, pictures };
verbs[verb](...rest).catch((error) => {
	console.error(error.stack, error.response?.data ?? "");
	process.exit(1);
});
