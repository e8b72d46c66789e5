package privatedb

// Folders lets a test say what is installed on this machine.
var Folders = &folders
