// What the application does whose accounts darban takes over: the schema of
// hiteshchoudhary/chai-backend, over the real Mongoose and bcrypt.
//
//	node accounts.js URI make USERNAME EMAIL PASSWORD
//	node accounts.js URI show USERNAME	its document, validated, as JSON
//	node accounts.js URI rename USERNAME FULLNAME
//	node accounts.js URI indexes		what init() says, then their names
//
"use strict";
const bcrypt = require("bcrypt");
const mongoose = require("mongoose");
const { Schema } = mongoose;

const schema = new Schema({
	username: {
		type: String, required: true, unique: true, lowercase: true,
		trim: true, index: true,
	},
	email: {
		type: String, required: true, unique: true, lowecase: true,
		trim: true,
	},
	fullName: { type: String, required: true, trim: true, index: true },
	avatar: { type: String, required: true },
	coverImage: { type: String },
	watchHistory: [{ type: Schema.Types.ObjectId, ref: "Video" }],
	password: { type: String, required: [true, "Password is required"] },
	refreshToken: { type: String },
	nickname: { type: String },
}, { timestamps: true });

schema.pre("save", async function () {
	if (this.isModified("password"))
		this.password = await bcrypt.hash(this.password, 10);
});

const User = mongoose.model("User", schema);
const [uri, verb, username, ...rest] = process.argv.slice(2);

async function main() {
	await mongoose.connect(uri, { serverSelectionTimeoutMS: 5000,
	    autoIndex: false });
	if (verb === "make") {
		const [email, password] = rest;
		await User.create({
			username, email, password, fullName: "From Mongoose",
			avatar: "https://example.org/old.jpg", nickname: "kept",
			refreshToken: "a.b.c",
			watchHistory: [new mongoose.Types.ObjectId()],
		});
	} else if (verb === "rename") {
		const user = await User.findOne({ username });
		user.fullName = rest[0];
		await user.save();
	} else if (verb === "indexes") {
		await User.createIndexes();
		console.log(JSON.stringify(await User.collection.indexes()));
	} else {
		const user = await User.findOne({ username });
		await user.validate();
		console.log(JSON.stringify(user.toObject()));
	}
	await mongoose.disconnect();
}

main().catch((error) => {
	console.error(String(error));
	process.exit(1);
});
