package jirasim

import (
	"crypto/sha256"
	"encoding/hex"

	"example.com/accord/jirasim/world"
)

func sessionRoutes() []route {
	return []route{
		{"GET", "/rest/auth/1/session", center, loggedIn(readSession), "", "", 0, false},
		{"POST", "/rest/auth/1/session", center, startSession, "CAPTCHA", "", 0, false},
		{"DELETE", "/rest/auth/1/session", center, endSession, "", "", 0, false},
	}
}

const sessionCookie = "JSESSIONID"

// session is the value of the cookie of an account: made from its token, so
// that it ends when the token changes.
func session(u *world.User) string {
	h := sha256.Sum256([]byte(u.ID + "\x00" + u.Token))
	return hex.EncodeToString(h[:16])
}

// cookied is who a cookie says he is; nil for none.
func (c *call) cookied() *world.User {
	k, err := c.r.Cookie(sessionCookie)
	if err != nil {
		return nil
	}
	for _, u := range c.w.Users {
		if u.Token != "" && !u.Inactive && k.Value == session(u) {
			return u
		}
	}
	return nil
}

func (c *call) loginInfo() object {
	return object{"failedLoginCount": 0, "loginCount": 1, "previousLoginTime": c.v.stamp(c.by.Now)}
}

func readSession(c *call) (reply, error) {
	return ok(object{"self": c.v.rest("user") + "?username=" + c.by.User.Name, "name": c.by.User.Name, "loginInfo": c.loginInfo()})
}

// startSession logs in by name and password.
func startSession(c *call) (reply, error) {
	var in struct{ Username, Password string }
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	u := c.w.Login(in.Username)
	if u == nil || !fits(u, in.Password) {
		r := refused(world.Refuse(401, "Login failed"))
		r.set("X-Seraph-Loginreason", "AUTHENTICATED_FAILED")
		return r, nil
	}
	r := reply{status: 200, body: object{"session": object{"name": sessionCookie, "value": session(u)}, "loginInfo": c.loginInfo()}}
	r.set("Set-Cookie", sessionCookie+"="+session(u)+"; Path=/; HttpOnly")
	return r, nil
}

func endSession(c *call) (reply, error) {
	if r := c.needs(); r != nil {
		return *r, nil
	}
	r := reply{status: 204}
	r.set("Set-Cookie", sessionCookie+"=; Path=/; Max-Age=0")
	return r, nil
}
