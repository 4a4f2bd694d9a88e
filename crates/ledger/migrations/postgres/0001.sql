-- The first book. Times are milliseconds since 1970, by the database's clock; amounts are whole rupiah.

CREATE TABLE gerbang_account (
    name TEXT PRIMARY KEY NOT NULL,
    gateway TEXT NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('live', 'test')),
    -- Until when the budget of questions is used up.
    budget_at BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE gerbang_order (
    id TEXT PRIMARY KEY NOT NULL,
    price BIGINT NOT NULL CHECK (price >= 0),
    state TEXT NOT NULL DEFAULT 'unpaid' CHECK (state IN ('unpaid', 'paid')),
    paid_by BIGINT,
    metadata TEXT,
    created_at BIGINT NOT NULL,
    CHECK ((state = 'paid') = (paid_by IS NOT NULL))
);

CREATE TABLE gerbang_attempt (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES gerbang_order (id),
    account TEXT NOT NULL REFERENCES gerbang_account (name),
    number BIGINT NOT NULL,
    reference TEXT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount >= 0),
    state TEXT NOT NULL,
    rank BIGINT NOT NULL,
    ending TEXT,
    gateway_id TEXT,
    -- What is sent, and what is known of the payment, as JSON. What is sent holds customers' data and is deleted after a time.
    request TEXT,
    payment TEXT,
    lease_until BIGINT NOT NULL DEFAULT 0,
    lease_by TEXT,
    -- When the next step is due; none where no step is left.
    due_at BIGINT,
    watch_until BIGINT,
    sent_at BIGINT,
    asked_at BIGINT NOT NULL DEFAULT 0,
    expires_at BIGINT,
    failures BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    CHECK (rank = CASE state WHEN 'intended' THEN 0 WHEN 'sending' THEN 1 WHEN 'uncertain' THEN 2 WHEN 'open' THEN 3
        WHEN 'closed' THEN 4 WHEN 'paid' THEN 5 END),
    CHECK (state <> 'closed' OR ending IS NOT NULL)
);
ALTER TABLE gerbang_order ADD FOREIGN KEY (paid_by) REFERENCES gerbang_attempt (id);
CREATE UNIQUE INDEX gerbang_attempt_one_open ON gerbang_attempt (order_id)
    WHERE state IN ('intended', 'sending', 'uncertain', 'open');
-- The account comes last: who asks for what is due in an account must not be led to these.
CREATE UNIQUE INDEX gerbang_attempt_reference ON gerbang_attempt (lower(reference), account);
CREATE UNIQUE INDEX gerbang_attempt_gateway_id ON gerbang_attempt (gateway_id, account);
CREATE INDEX gerbang_attempt_order ON gerbang_attempt (order_id);
CREATE INDEX gerbang_attempt_due ON gerbang_attempt (account, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX gerbang_attempt_unsent ON gerbang_attempt (account, due_at) WHERE state IN ('intended', 'sending');
CREATE INDEX gerbang_attempt_request ON gerbang_attempt (created_at) WHERE request IS NOT NULL;

CREATE TABLE gerbang_receipt (
    attempt BIGINT NOT NULL REFERENCES gerbang_attempt (id),
    -- The case by which a person has counted another payment of the attempt's reference; 0 for the attempt's own.
    case_id BIGINT NOT NULL DEFAULT 0,
    amount BIGINT NOT NULL,
    how TEXT NOT NULL CHECK (how IN ('notification', 'answer', 'person')),
    late BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (attempt, case_id)
);

CREATE TABLE gerbang_surplus (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    attempt BIGINT NOT NULL REFERENCES gerbang_attempt (id),
    -- As that of its receipt.
    case_id BIGINT NOT NULL DEFAULT 0,
    amount BIGINT NOT NULL,
    why TEXT NOT NULL CHECK (why IN ('second', 'excess')),
    at BIGINT NOT NULL,
    person TEXT,
    note TEXT,
    refunded_at BIGINT,
    UNIQUE (attempt, case_id)
);

CREATE TABLE gerbang_case (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account TEXT NOT NULL REFERENCES gerbang_account (name),
    attempt BIGINT REFERENCES gerbang_attempt (id),
    -- The merchant's reference, or the hash of the notification that it is about.
    subject TEXT NOT NULL,
    why TEXT NOT NULL,
    detail TEXT NOT NULL,
    -- What came in, in rupiah, where that is known.
    amount BIGINT,
    at BIGINT NOT NULL,
    resolution TEXT,
    person TEXT,
    note TEXT,
    resolved_at BIGINT,
    UNIQUE (account, subject, why, detail)
);
CREATE INDEX gerbang_case_open ON gerbang_case (id) WHERE resolved_at IS NULL;

CREATE TABLE gerbang_event (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind TEXT NOT NULL,
    -- The attempt's number, the surplus's or the case's.
    subject BIGINT NOT NULL,
    order_id TEXT,
    body TEXT NOT NULL,
    at BIGINT NOT NULL,
    tries BIGINT NOT NULL DEFAULT 0,
    due_at BIGINT NOT NULL,
    done_at BIGINT,
    UNIQUE (kind, subject)
);
CREATE UNIQUE INDEX gerbang_event_paid_once ON gerbang_event (order_id) WHERE kind = 'payment.paid';
CREATE INDEX gerbang_event_undone ON gerbang_event (seq) WHERE done_at IS NULL;
CREATE INDEX gerbang_event_undone_order ON gerbang_event (order_id, seq) WHERE done_at IS NULL;

CREATE TABLE gerbang_inbox (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account TEXT NOT NULL REFERENCES gerbang_account (name),
    hash TEXT NOT NULL,
    attempt BIGINT REFERENCES gerbang_attempt (id),
    gateway_id TEXT,
    -- Of the first that claims the same, where it proves nothing by itself. Without secrets.
    headers TEXT,
    body BYTEA,
    notification TEXT NOT NULL,
    -- None while the gateway has not been asked.
    outcome TEXT,
    tries BIGINT NOT NULL DEFAULT 0,
    at BIGINT NOT NULL,
    UNIQUE (hash, account)
);
CREATE INDEX gerbang_inbox_attempt ON gerbang_inbox (attempt);
CREATE INDEX gerbang_inbox_bodies ON gerbang_inbox (at) WHERE body IS NOT NULL;
