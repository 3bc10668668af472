-- Nobody edits the record, not even by hand. Events may only leave at its old end, after the head says that they may.

-- +goose Up
-- +goose StatementBegin
CREATE TRIGGER audit_changes_no_update BEFORE UPDATE ON audit_changes
BEGIN
	SELECT RAISE(ABORT, 'the record is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_changes_no_delete BEFORE DELETE ON audit_changes
WHEN OLD.sequence > (SELECT pruned_sequence FROM audit_head)
BEGIN
	SELECT RAISE(ABORT, 'the record is append-only');
END;
-- +goose StatementEnd
