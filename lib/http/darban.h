/* What an endpoint includes. */
#ifndef DARBAN_H
#define DARBAN_H

#include "base/base.h"
#include "base/conf.h"
#include "account/authenticate.h"
#include "account/policy.h"
#include "account/session.h"
#include "account/throttle.h"
#include "account/user.h"
#include "account/users.h"
#include "http/credentials.h"
#include "http/describe.h"
#include "http/endpoint.h"

#endif
