package management

import (
	"time"

	"clientele/internal/account"
)

// User is a user in Auth0's JSON. Only the command line speaks it: there is no endpoint for users yet. Role is an extension.
type User struct {
	UserID        string     `json:"user_id"`
	Email         string     `json:"email"`
	EmailVerified bool       `json:"email_verified"`
	Name          string     `json:"name,omitempty"`
	Blocked       bool       `json:"blocked"`
	CreatedAt     *time.Time `json:"created_at,omitempty"`
	UpdatedAt     *time.Time `json:"updated_at,omitempty"`
	LastLogin     *time.Time `json:"last_login,omitempty"`
	Role          string     `json:"role,omitempty"`
}

// UserJSON is the user as the command line's --json gives it.
func UserJSON(u *account.User) User {
	return User{
		UserID: u.ID, Email: u.Email, EmailVerified: u.EmailVerified, Name: u.Name, Blocked: u.Blocked, Role: string(u.Role),
		CreatedAt: date(u.CreatedAt), UpdatedAt: date(u.UpdatedAt), LastLogin: date(u.LastSignIn),
	}
}
