package tenancy

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"gorm.io/gorm/logger"
	"gorm.io/gorm/utils"
)

// statementLog is the GORM logger of sessions. It logs only in sessions with Debug() or LogMode:
// the connector logs all statements at debug level. As in GORM, logged statements contain their
// arguments.
type statementLog struct {
	log   *slog.Logger
	level logger.LogLevel
}

// LogMode returns a logger of another level. Debug() sets logger.Info.
func (l statementLog) LogMode(level logger.LogLevel) logger.Interface {
	l.level = level
	return l
}

// Info logs a message of GORM at info level.
func (l statementLog) Info(ctx context.Context, message string, args ...any) {
	l.logMessage(ctx, logger.Info, slog.LevelInfo, message, args)
}

// Warn logs a message of GORM at warn level.
func (l statementLog) Warn(ctx context.Context, message string, args ...any) {
	l.logMessage(ctx, logger.Warn, slog.LevelWarn, message, args)
}

// Error logs a message of GORM at error level.
func (l statementLog) Error(ctx context.Context, message string, args ...any) {
	l.logMessage(ctx, logger.Error, slog.LevelError, message, args)
}

// logMessage logs a message of GORM if the session has this level.
func (l statementLog) logMessage(ctx context.Context, needs logger.LogLevel, level slog.Level, message string, args []any) {
	if l.level >= needs {
		l.log.Log(ctx, level, fmt.Sprintf(message, args...), "source", utils.FileWithLineNum())
	}
}

// Trace logs a statement with its arguments, rows and time: all statements at the level
// logger.Info, and those that failed at logger.Warn and logger.Error.
func (l statementLog) Trace(ctx context.Context, begin time.Time, statement func() (sql string, rows int64), err error) {
	if l.level < logger.Error || err == nil && l.level < logger.Info {
		return
	}
	took := time.Since(begin)
	sql, rows := statement()
	attributes := []any{"statement", sql, "took", took, "source", utils.FileWithLineNum()}
	if rows >= 0 { // -1 is an unknown number
		attributes = append(attributes, "rows", rows)
	}
	if err != nil {
		attributes = append(attributes, "error", err)
	}
	l.log.InfoContext(ctx, "gorm", attributes...)
}
