-- Nobody edits the record, not even by hand. Events may only leave at its old end, after the head says that they may.

-- +goose Up
-- +goose StatementBegin
CREATE FUNCTION audit_changes_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP = 'DELETE' AND OLD.sequence <= (SELECT pruned_sequence FROM audit_head) THEN
		RETURN OLD;
	END IF;
	RAISE EXCEPTION 'the record is append-only';
END
$$;
-- +goose StatementEnd
CREATE TRIGGER audit_changes_append_only BEFORE UPDATE OR DELETE ON audit_changes
	FOR EACH ROW EXECUTE FUNCTION audit_changes_append_only();
