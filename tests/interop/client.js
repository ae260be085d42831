// A front-end as those of chai-backend have it: axios and the interceptor
// that everybody writes.  `style` is "cookies" (withCredentials, from a page
// of another origin) or "bearer" (both tokens kept by the page).
//
"use strict";
const axios = require("axios");
const { wrapper } = require("axios-cookiejar-support");
const { Cookie, CookieJar } = require("tough-cookie");

const ORIGIN = "http://localhost:5173";

function client(url, style) {
	const jar = new CookieJar();
	const options = { baseURL: url + "/api/v1" };
	if (style === "cookies") {
		Object.assign(options, { jar, withCredentials: true,
		    headers: { Origin: ORIGIN } });
	}
	const create = () => style === "cookies" ?
	    wrapper(axios.create(options)) : axios.create(options);
	const page = { http: create(), jar, style, refreshes: 0, access: null,
	    refresh: null, crowd: 1 };
	const plain = create();	// without the interceptor
	const waiting = [];

	// Whoever needs a token waits until `crowd` do, so that all bring
	// the same one.
	const meet = () => new Promise((resolve) => {
		if (waiting.push(resolve) === page.crowd)
			waiting.splice(0).forEach((go) => go());
	});

	function keep(data) {
		if (style !== "bearer")
			return;
		page.access = data.accessToken;
		page.refresh = data.refreshToken;
	}

	page.http.interceptors.request.use((config) => {
		if (page.access !== null)
			config.headers.Authorization = `Bearer ${page.access}`;
		return config;
	});
	page.http.interceptors.response.use((r) => r, async (error) => {
		const original = error.config;
		if (error.response?.status !== 401 || original._retry)
			return Promise.reject(error);
		original._retry = true;
		page.refreshes++;
		await meet();
		const response = await plain.post("/users/refresh-token",
		    style === "bearer" ? { refreshToken: page.refresh } : {});
		keep(response.data.data);
		original.headers.Authorization =
		    `Bearer ${response.data.data.accessToken}`;
		return page.http(original);
	});

	page.login = async (username, password) => {
		const response = await plain.post("/users/login",
		    { username, password });
		keep(response.data.data);
		return response;
	};
	// A cookie as the browser has it; NULL: it has none any more.
	page.setCookie = (key, value) => jar.setCookie(new Cookie({ key,
	    value: value ?? "", path: "/", secure: true, httpOnly: true,
	    maxAge: value === null ? 0 : 600 }), url);
	page.cookie = async (key) => (await jar.getCookies(url))
	    .find((cookie) => cookie.key === key)?.value;
	return page;
}

module.exports = { client, ORIGIN };
