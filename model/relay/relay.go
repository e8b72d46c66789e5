// Package relay is what all types of a Relay API have in common.
package relay
