package transport

// Code returns BAD_USER_INPUT.
func (*Error) Code() string { return "BAD_USER_INPUT" }

// Public returns the message for clients.
func (e *Error) Public() string { return e.Message }

// Code returns SUBSCRIPTION_INTERRUPTED.
func (InterruptedError) Code() string { return "SUBSCRIPTION_INTERRUPTED" }

// Public returns the message for clients.
func (e InterruptedError) Public() string { return string(e) }
