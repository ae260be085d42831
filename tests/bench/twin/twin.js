// The three routes that are measured, as an ordinary application has them:
// Express, Mongoose, jsonwebtoken, bcrypt, one process, one refresh token an
// account.
//
//	STORE=mongodb://… node twin.js
//
// makes the accounts bench1 to bench8 and serves on a free port.
//
"use strict";
const { randomBytes, randomUUID } = require("crypto");
const bcrypt = require("bcrypt");
const cookieParser = require("cookie-parser");
const express = require("express");
const jwt = require("jsonwebtoken");
const mongoose = require("mongoose");

const accessKey = randomBytes(32);
const refreshKey = randomBytes(32);
const cookie = { httpOnly: true, secure: true, sameSite: "strict" };

const User = mongoose.model("User", new mongoose.Schema({
	username: { type: String, required: true, unique: true },
	email: { type: String, required: true, unique: true },
	fullName: { type: String, required: true },
	avatar: { type: String },
	password: { type: String, required: true },
	refreshToken: { type: String },
}, { timestamps: true }));

class Failure extends Error {
	constructor(status, message) {
		super(message);
		this.status = status;
	}
}

function answer(res, data, message) {
	res.status(200).json({ statusCode: 200, data, message, success: true });
}

// Express 4 does not await.
function route(handler) {
	return (req, res, next) => handler(req, res, next).catch(next);
}

function verify(token, key) {
	try {
		return jwt.verify(token, key);
	} catch {
		throw new Failure(401, "Invalid token");
	}
}

// The jti makes each token a new one, or within a second there would be
// nothing to save.
async function newTokens(user) {
	const accessToken = jwt.sign({ _id: user._id, email: user.email,
	    username: user.username, fullName: user.fullName,
	    jti: randomUUID() }, accessKey, { expiresIn: "15m" });
	const refreshToken = jwt.sign({ _id: user._id, jti: randomUUID() },
	    refreshKey, { expiresIn: "10d" });
	user.refreshToken = refreshToken;
	await user.save({ validateBeforeSave: false });
	return { accessToken, refreshToken };
}

function sendTokens(res, tokens) {
	res.cookie("accessToken", tokens.accessToken, cookie);
	res.cookie("refreshToken", tokens.refreshToken, cookie);
}

const authenticated = route(async (req, res, next) => {
	const token = req.cookies.accessToken ||
	    (req.get("Authorization") || "").replace(/^Bearer /, "");
	const { _id } = verify(token, accessKey);
	req.user = await User.findById(_id).select("-password -refreshToken");
	if (!req.user)
		throw new Failure(401, "Invalid token");
	next();
});

const users = express.Router();

users.post("/login", route(async (req, res) => {
	const { username, password } = req.body;
	const user = await User.findOne({ username: String(username) });
	if (!user || !await bcrypt.compare(String(password), user.password))
		throw new Failure(401, "Invalid credentials");
	const tokens = await newTokens(user);
	const { password: _p, refreshToken: _r, ...seen } = user.toObject();
	sendTokens(res, tokens);
	answer(res, { user: seen, ...tokens }, "Logged in");
}));

users.get("/current-user", authenticated, (req, res) => {
	answer(res, req.user, "Current user");
});

users.post("/refresh-token", route(async (req, res) => {
	const token = req.cookies.refreshToken || req.body.refreshToken;
	const user = await User.findById(verify(token, refreshKey)._id);
	if (!user || user.refreshToken !== token)
		throw new Failure(401, "Invalid token");
	const tokens = await newTokens(user);
	sendTokens(res, tokens);
	answer(res, tokens, "Refreshed");
}));

const app = express();
app.use(express.json({ limit: "16kb" }));
app.use(express.urlencoded({ extended: true, limit: "16kb" }));
app.use(cookieParser());
app.use("/api/v1/users", users);
app.use((error, req, res, _next) => {
	const status = error.status || 500;
	if (status === 500)
		console.error(error);
	res.status(status).json({ statusCode: status, data: null,
	    message: error.message, success: false });
});

async function main() {
	process.on("SIGTERM", () => process.exit(0));
	await mongoose.connect(process.env.STORE);
	await User.init();
	for (let i = 1; i <= 8; i++) {
		await User.create({ username: `bench${i}`,
		    email: `bench${i}@example.org`, fullName: "Bench",
		    password: await bcrypt.hash("right-password", 10) });
	}
	const server = app.listen(0, "127.0.0.1", () => {
		console.log(`ready: http://127.0.0.1:${server.address().port}`);
	});
}

main().catch((error) => {
	console.error(String(error));
	process.exit(1);
});
