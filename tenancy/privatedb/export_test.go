package privatedb

// ServerFolders is for tests that hide the installed server programs.
var ServerFolders = &serverFolders
