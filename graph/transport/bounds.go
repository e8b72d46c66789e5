package transport

import "time"

// Bounds of time.
const (
	// initTimeout bounds the time from the opening of a socket to its connection_ack.
	initTimeout = 10 * time.Second
	// heartbeatInterval is the time between two heartbeats of a stream, or pings of a socket.
	heartbeatInterval = 20 * time.Second
	// writeTimeout bounds each write to a stream or socket. A client that exceeds it is a slow
	// consumer, and is disconnected.
	writeTimeout = 10 * time.Second
	// messageTimeout bounds the time from the first byte of a message to its last.
	messageTimeout = 10 * time.Second
	// reservationTimeout bounds the time from the reservation of an event stream to its opening.
	reservationTimeout = 30 * time.Second
)

// Bounds of size, in bytes.
const (
	maxInitMessage = 16 << 10 // before connection_init is accepted
	maxMessage     = 1 << 20
	maxOperationID = 128
	// maxSubscription bounds the document and variables of a subscription, which are kept as long
	// as it runs.
	maxSubscription = 64 << 10
	// maxCloseReason bounds the reason in a close frame. The protocol allows 123.
	maxCloseReason = 120
)
