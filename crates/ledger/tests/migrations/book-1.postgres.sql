-- A book as a program of its version left it, with a payment in every state. It never changes once it is published.
SELECT pg_catalog.set_config('search_path', '', false);
CREATE SCHEMA {schema};
CREATE TABLE {schema}.gerbang_account (
    name text NOT NULL,
    gateway text NOT NULL,
    mode text NOT NULL,
    budget_at bigint DEFAULT 0 NOT NULL,
    CONSTRAINT gerbang_account_mode_check CHECK ((mode = ANY (ARRAY['live'::text, 'test'::text])))
);
CREATE TABLE {schema}.gerbang_attempt (
    id bigint NOT NULL,
    order_id text NOT NULL,
    account text NOT NULL,
    number bigint NOT NULL,
    reference text NOT NULL,
    amount bigint NOT NULL,
    state text NOT NULL,
    rank bigint NOT NULL,
    ending text,
    gateway_id text,
    request text,
    payment text,
    lease_until bigint DEFAULT 0 NOT NULL,
    lease_by text,
    due_at bigint,
    watch_until bigint,
    sent_at bigint,
    asked_at bigint DEFAULT 0 NOT NULL,
    expires_at bigint,
    failures bigint DEFAULT 0 NOT NULL,
    created_at bigint NOT NULL,
    CONSTRAINT gerbang_attempt_amount_check CHECK ((amount >= 0)),
    CONSTRAINT gerbang_attempt_check CHECK ((rank =
CASE state
    WHEN 'intended'::text THEN 0
    WHEN 'sending'::text THEN 1
    WHEN 'uncertain'::text THEN 2
    WHEN 'open'::text THEN 3
    WHEN 'closed'::text THEN 4
    WHEN 'paid'::text THEN 5
    ELSE NULL::integer
END)),
    CONSTRAINT gerbang_attempt_check1 CHECK (((state <> 'closed'::text) OR (ending IS NOT NULL)))
);
ALTER TABLE {schema}.gerbang_attempt ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME {schema}.gerbang_attempt_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE {schema}.gerbang_book (
    version bigint NOT NULL,
    at bigint NOT NULL
);
CREATE TABLE {schema}.gerbang_case (
    id bigint NOT NULL,
    account text NOT NULL,
    attempt bigint,
    subject text NOT NULL,
    why text NOT NULL,
    detail text NOT NULL,
    amount bigint,
    at bigint NOT NULL,
    resolution text,
    person text,
    note text,
    resolved_at bigint
);
ALTER TABLE {schema}.gerbang_case ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME {schema}.gerbang_case_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE {schema}.gerbang_event (
    seq bigint NOT NULL,
    kind text NOT NULL,
    subject bigint NOT NULL,
    order_id text,
    body text NOT NULL,
    at bigint NOT NULL,
    tries bigint DEFAULT 0 NOT NULL,
    due_at bigint NOT NULL,
    done_at bigint
);
ALTER TABLE {schema}.gerbang_event ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME {schema}.gerbang_event_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE {schema}.gerbang_inbox (
    id bigint NOT NULL,
    account text NOT NULL,
    hash text NOT NULL,
    attempt bigint,
    gateway_id text,
    headers text,
    body bytea,
    notification text NOT NULL,
    outcome text,
    tries bigint DEFAULT 0 NOT NULL,
    at bigint NOT NULL
);
ALTER TABLE {schema}.gerbang_inbox ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME {schema}.gerbang_inbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE {schema}.gerbang_order (
    id text NOT NULL,
    price bigint NOT NULL,
    state text DEFAULT 'unpaid'::text NOT NULL,
    paid_by bigint,
    metadata text,
    created_at bigint NOT NULL,
    CONSTRAINT gerbang_order_check CHECK (((state = 'paid'::text) = (paid_by IS NOT NULL))),
    CONSTRAINT gerbang_order_price_check CHECK ((price >= 0)),
    CONSTRAINT gerbang_order_state_check CHECK ((state = ANY (ARRAY['unpaid'::text, 'paid'::text])))
);
CREATE TABLE {schema}.gerbang_receipt (
    attempt bigint NOT NULL,
    case_id bigint DEFAULT 0 NOT NULL,
    amount bigint NOT NULL,
    how text NOT NULL,
    late bigint NOT NULL,
    at bigint NOT NULL,
    CONSTRAINT gerbang_receipt_how_check CHECK ((how = ANY (ARRAY['notification'::text, 'answer'::text, 'person'::text])))
);
CREATE TABLE {schema}.gerbang_surplus (
    id bigint NOT NULL,
    attempt bigint NOT NULL,
    case_id bigint DEFAULT 0 NOT NULL,
    amount bigint NOT NULL,
    why text NOT NULL,
    at bigint NOT NULL,
    person text,
    note text,
    refunded_at bigint,
    CONSTRAINT gerbang_surplus_why_check CHECK ((why = ANY (ARRAY['second'::text, 'excess'::text])))
);
ALTER TABLE {schema}.gerbang_surplus ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME {schema}.gerbang_surplus_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
INSERT INTO {schema}.gerbang_account VALUES ('wallet', 'fake', 'live', -189217330000);
INSERT INTO {schema}.gerbang_account VALUES ('finds', 'fake', 'live', 1606795342546);
INSERT INTO {schema}.gerbang_account VALUES ('qr', 'fake', 'live', 1606795342564);
INSERT INTO {schema}.gerbang_attempt OVERRIDING SYSTEM VALUE VALUES (1, 'ABSENT', 'wallet', 1, 'ABSENT', 10000, 'closed', 4, 'absent', NULL, '{"reference":"ABSENT","amount":10000,"method":null,"expires_in":{"secs":900,"nanos":0},"customer_name":"Krisdi","customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}', NULL, -189216130000, '3417e60b363433b4a02735d74aa119d1-15843', NULL, 1607485212034, 1606794012034, -189217330000, NULL, 0, 1606794012034);
INSERT INTO {schema}.gerbang_attempt OVERRIDING SYSTEM VALUE VALUES (5, 'PAID', 'finds', 1, 'PAID', 10000, 'paid', 5, NULL, 'F-4', '{"reference":"PAID","amount":10000,"method":null,"expires_in":null,"customer_name":null,"customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}', '{"provider":"fake","id":"F-4","reference":"PAID","request_id":"PAID-10000","amount":10000,"payable":10000,"fee":null,"net":null,"status":"paid","expires_at":null,"paid_at":null,"pay_with":[{"qris":"000201"}],"sandbox":null}', -189216120000, '3417e60b363433b4a02735d74aa119d1-15843', NULL, NULL, 1606795212203, 1606795222266, NULL, 0, 1606795212203);
INSERT INTO {schema}.gerbang_attempt OVERRIDING SYSTEM VALUE VALUES (7, 'MUCH', 'finds', 1, 'MUCH', 10000, 'paid', 5, NULL, 'F-6', '{"reference":"MUCH","amount":10000,"method":null,"expires_in":null,"customer_name":null,"customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}', '{"provider":"fake","id":"F-6","reference":"MUCH","request_id":"MUCH-10000","amount":10000,"payable":10000,"fee":null,"net":null,"status":"paid","expires_at":null,"paid_at":null,"pay_with":[{"qris":"000201"}],"sandbox":null}', -189216120000, '3417e60b363433b4a02735d74aa119d1-15843', NULL, NULL, 1606795212230, 1606795222368, NULL, 0, 1606795212230);
INSERT INTO {schema}.gerbang_attempt OVERRIDING SYSTEM VALUE VALUES (12, 'UNSEEN', 'qr', 1, 'UNSEEN', 10000, 'closed', 4, 'unseen', NULL, '{"reference":"UNSEEN","amount":10000,"method":null,"expires_in":null,"customer_name":null,"customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}', NULL, -189216000000, '3417e60b363433b4a02735d74aa119d1-15843', NULL, 1607486542617, 1606795342617, -189216000000, NULL, 1, 1606795342617);
INSERT INTO {schema}.gerbang_attempt OVERRIDING SYSTEM VALUE VALUES (6, 'SHORT', 'finds', 1, 'SHORT', 10000, 'paid', 5, NULL, 'F-5', '{"reference":"SHORT","amount":10000,"method":null,"expires_in":null,"customer_name":null,"customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}', '{"provider":"fake","id":"F-5","reference":"SHORT","request_id":"SHORT-10000","amount":10000,"payable":10000,"fee":null,"net":null,"status":"paid","expires_at":null,"paid_at":null,"pay_with":[{"qris":"000201"}],"sandbox":null}', -189216120000, '3417e60b363433b4a02735d74aa119d1-15843', NULL, NULL, 1606795212215, 1606795222315, NULL, 0, 1606795212215);
INSERT INTO {schema}.gerbang_attempt OVERRIDING SYSTEM VALUE VALUES (3, 'CANCELLED', 'finds', 1, 'CANCELLED', 10000, 'closed', 4, 'cancelled', 'F-2', '{"reference":"CANCELLED","amount":10000,"method":null,"expires_in":null,"customer_name":null,"customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}', '{"provider":"fake","id":"F-2","reference":"CANCELLED","request_id":"CANCELLED-10000","amount":10000,"payable":10000,"fee":null,"net":null,"status":"cancelled","expires_at":null,"paid_at":null,"pay_with":[{"qris":"000201"}],"sandbox":null}', -189216000000, '3417e60b363433b4a02735d74aa119d1-15843', 1606795415744, 1607486412161, 1606795212161, 1606795342504, NULL, 0, 1606795212161);
INSERT INTO {schema}.gerbang_attempt OVERRIDING SYSTEM VALUE VALUES (2, 'EXPIRED', 'finds', 1, 'EXPIRED', 10000, 'closed', 4, 'expired', 'F-1', '{"reference":"EXPIRED","amount":10000,"method":null,"expires_in":null,"customer_name":null,"customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}', '{"provider":"fake","id":"F-1","reference":"EXPIRED","request_id":"EXPIRED-10000","amount":10000,"payable":10000,"fee":null,"net":null,"status":"expired","expires_at":null,"paid_at":null,"pay_with":[{"qris":"000201"}],"sandbox":null}', -189216000000, '3417e60b363433b4a02735d74aa119d1-15843', 1606795406102, 1607486412135, 1606795212135, 1606795342530, NULL, 0, 1606795212135);
INSERT INTO {schema}.gerbang_attempt OVERRIDING SYSTEM VALUE VALUES (14, 'OPEN', 'finds', 1, 'OPEN', 10000, 'open', 3, NULL, 'F-8', '{"reference":"OPEN","amount":10000,"method":null,"expires_in":null,"customer_name":null,"customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}', '{"provider":"fake","id":"F-8","reference":"OPEN","request_id":"OPEN-10000","amount":10000,"payable":10000,"fee":null,"net":null,"status":"pending","expires_at":null,"paid_at":null,"pay_with":[{"qris":"000201"}],"sandbox":null}', -189216000000, '3417e60b363433b4a02735d74aa119d1-15843', 1606795346031, NULL, 1606795342644, -189216000000, NULL, 0, 1606795342644);
INSERT INTO {schema}.gerbang_attempt OVERRIDING SYSTEM VALUE VALUES (4, 'FAILED', 'finds', 1, 'FAILED', 10000, 'closed', 4, 'failed', 'F-3', '{"reference":"FAILED","amount":10000,"method":null,"expires_in":null,"customer_name":null,"customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}', '{"provider":"fake","id":"F-3","reference":"FAILED","request_id":"FAILED-10000","amount":10000,"payable":10000,"fee":null,"net":null,"status":"failed","expires_at":null,"paid_at":null,"pay_with":[{"qris":"000201"}],"sandbox":null}', -189216000000, '3417e60b363433b4a02735d74aa119d1-15843', 1606795412626, 1607486412193, 1606795212193, 1606795342546, NULL, 0, 1606795212193);
INSERT INTO {schema}.gerbang_attempt OVERRIDING SYSTEM VALUE VALUES (11, 'REFUSED', 'finds', 1, 'REFUSED', 10000, 'closed', 4, 'refused', NULL, '{"reference":"REFUSED","amount":10000,"method":null,"expires_in":null,"customer_name":null,"customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}', NULL, -189216000000, '3417e60b363433b4a02735d74aa119d1-15843', 1606795415791, 1607486542602, 1606795342602, -189216000000, NULL, 1, 1606795342602);
INSERT INTO {schema}.gerbang_attempt OVERRIDING SYSTEM VALUE VALUES (15, 'NOTIFIED', 'qr', 1, 'NOTIFIED', 10000, 'open', 3, NULL, 'Q-4', '{"reference":"NOTIFIED","amount":10000,"method":null,"expires_in":null,"customer_name":null,"customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}', '{"provider":"fake","id":"Q-4","reference":"NOTIFIED","request_id":"NOTIFIED-10000","amount":10000,"payable":10000,"fee":null,"net":null,"status":"pending","expires_at":null,"paid_at":null,"pay_with":[{"qris":"000201"}],"sandbox":null}', -189216000000, '3417e60b363433b4a02735d74aa119d1-15843', 1606795342673, NULL, 1606795342661, -189216000000, NULL, 0, 1606795342661);
INSERT INTO {schema}.gerbang_attempt OVERRIDING SYSTEM VALUE VALUES (17, 'UNCERTAIN', 'finds', 1, 'UNCERTAIN', 10000, 'uncertain', 2, NULL, NULL, '{"reference":"UNCERTAIN","amount":10000,"method":null,"expires_in":null,"customer_name":null,"customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}', NULL, -189216000000, '3417e60b363433b4a02735d74aa119d1-15843', 1606795346129, NULL, 1606795342717, -189216000000, NULL, 1, 1606795342717);
INSERT INTO {schema}.gerbang_attempt OVERRIDING SYSTEM VALUE VALUES (18, 'INTENDED', 'finds', 1, 'INTENDED', 10000, 'intended', 0, NULL, NULL, '{"reference":"INTENDED","amount":10000,"method":null,"expires_in":null,"customer_name":null,"customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}', NULL, -189216000000, '3417e60b363433b4a02735d74aa119d1-15843', 1606795346001, NULL, 1606795342725, -189216000000, NULL, 1, 1606795342725);
INSERT INTO {schema}.gerbang_attempt OVERRIDING SYSTEM VALUE VALUES (19, 'SENDING', 'finds', 1, 'SENDING', 10000, 'sending', 1, NULL, NULL, '{"reference":"SENDING","amount":10000,"method":null,"expires_in":null,"customer_name":null,"customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}', NULL, 1606795462732, '3417e60b363433b4a02735d74aa119d1-15843', 1606795462732, NULL, 1606795342732, -189216000000, NULL, 0, 1606795342732);
INSERT INTO {schema}.gerbang_attempt OVERRIDING SYSTEM VALUE VALUES (9, 'TWICE', 'finds', 2, 'TWICE-2', 10000, 'paid', 5, NULL, 'F-7', '{"reference":"TWICE-2","amount":10000,"method":null,"expires_in":null,"customer_name":null,"customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}', '{"provider":"fake","id":"F-7","reference":"TWICE-2","request_id":"TWICE-2-10000","amount":10000,"payable":10000,"fee":null,"net":null,"status":"paid","expires_at":null,"paid_at":null,"pay_with":[{"qris":"000201"}],"sandbox":null}', -189216000000, '3417e60b363433b4a02735d74aa119d1-15843', NULL, NULL, 1606795222464, 1606795342486, NULL, 0, 1606795222464);
INSERT INTO {schema}.gerbang_attempt OVERRIDING SYSTEM VALUE VALUES (10, 'WITHDRAWN', 'finds', 1, 'WITHDRAWN', 10000, 'closed', 4, 'withdrawn', NULL, '{"reference":"WITHDRAWN","amount":10000,"method":null,"expires_in":null,"customer_name":null,"customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}', NULL, -189216000000, NULL, 1606795406184, 1607486542582, NULL, -189216000000, NULL, 0, 1606795342582);
INSERT INTO {schema}.gerbang_attempt OVERRIDING SYSTEM VALUE VALUES (8, 'TWICE', 'qr', 1, 'TWICE', 10000, 'paid', 5, 'cancelled', 'Q-1', '{"reference":"TWICE","amount":10000,"method":null,"expires_in":null,"customer_name":null,"customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}', '{"provider":"fake","id":"Q-1","reference":"TWICE","request_id":"TWICE-10000","amount":10000,"payable":10000,"fee":null,"net":null,"status":"paid","expires_at":null,"paid_at":null,"pay_with":[{"qris":"000201"}],"sandbox":null}', -189216000000, '3417e60b363433b4a02735d74aa119d1-15843', NULL, 1607486422438, 1606795222438, 1606795342564, NULL, 0, 1606795222438);
INSERT INTO {schema}.gerbang_attempt OVERRIDING SYSTEM VALUE VALUES (13, 'UNSEEN', 'qr', 2, 'UNSEEN-2', 10000, 'open', 3, NULL, 'Q-3', '{"reference":"UNSEEN-2","amount":10000,"method":null,"expires_in":null,"customer_name":null,"customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}', '{"provider":"fake","id":"Q-3","reference":"UNSEEN-2","request_id":"UNSEEN-2-10000","amount":10000,"payable":10000,"fee":null,"net":null,"status":"pending","expires_at":null,"paid_at":null,"pay_with":[{"qris":"000201"}],"sandbox":null}', -189216000000, '3417e60b363433b4a02735d74aa119d1-15843', 1606795346201, NULL, 1606795342630, -189216000000, NULL, 0, 1606795342622);
INSERT INTO {schema}.gerbang_attempt OVERRIDING SYSTEM VALUE VALUES (16, 'SIGNED', 'wallet', 1, 'SIGNED', 10000, 'paid', 5, NULL, 'W-1', '{"reference":"SIGNED","amount":10000,"method":null,"expires_in":null,"customer_name":null,"customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}', '{"provider":"fake","id":"W-1","reference":"SIGNED","request_id":"SIGNED-10000","amount":10000,"payable":10000,"fee":null,"net":null,"status":"paid","expires_at":null,"paid_at":null,"pay_with":[{"qris":"000201"}],"sandbox":null}', -189216000000, '3417e60b363433b4a02735d74aa119d1-15843', NULL, NULL, 1606795342686, -189216000000, NULL, 0, 1606795342686);
INSERT INTO {schema}.gerbang_book VALUES (1, 1796011342015);
INSERT INTO {schema}.gerbang_case OVERRIDING SYSTEM VALUE VALUES (1, 'wallet', 1, 'ABSENT', 'creation_lost', 'the reply to the creation was lost and the payment cannot be looked for', NULL, 1796011342118, NULL, NULL, NULL, NULL);
INSERT INTO {schema}.gerbang_case OVERRIDING SYSTEM VALUE VALUES (2, 'finds', 6, 'SHORT', 'short', '9000 rupiah came in, which is less than the order costs', 9000, 1796011342319, NULL, NULL, NULL, NULL);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (1, 'payment.closed', 1, 'ABSENT', '{"account":"wallet","reference":"ABSENT","amount":10000,"late":false,"why":"absent"}', 1606795212117, 0, 1606795212117, 1796011342417);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (2, 'case.opened', 1, 'ABSENT', '{"account":"wallet","reference":"ABSENT","amount":null,"late":false,"why":"creation_lost"}', 1606795212119, 0, 1606795212119, 1796011342418);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (3, 'payment.created', 2, 'EXPIRED', '{"account":"finds","reference":"EXPIRED","amount":10000,"late":false,"why":null}', 1606795212152, 0, 1606795212152, 1796011342418);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (4, 'payment.created', 3, 'CANCELLED', '{"account":"finds","reference":"CANCELLED","amount":10000,"late":false,"why":null}', 1606795212180, 0, 1606795212180, 1796011342419);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (5, 'payment.created', 4, 'FAILED', '{"account":"finds","reference":"FAILED","amount":10000,"late":false,"why":null}', 1606795212202, 0, 1606795212202, 1796011342419);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (6, 'payment.created', 5, 'PAID', '{"account":"finds","reference":"PAID","amount":10000,"late":false,"why":null}', 1606795212205, 0, 1606795212205, 1796011342419);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (7, 'payment.created', 6, 'SHORT', '{"account":"finds","reference":"SHORT","amount":10000,"late":false,"why":null}', 1606795212229, 0, 1606795212229, 1796011342424);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (8, 'payment.created', 7, 'MUCH', '{"account":"finds","reference":"MUCH","amount":10000,"late":false,"why":null}', 1606795212245, 0, 1606795212245, 1796011342425);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (9, 'payment.paid', 5, 'PAID', '{"account":"finds","reference":"PAID","amount":10000,"late":false,"why":null}', 1606795222275, 0, 1606795222275, 1796011342425);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (10, 'payment.closed', 4, 'FAILED', '{"account":"finds","reference":"FAILED","amount":10000,"late":false,"why":"failed"}', 1606795222287, 0, 1606795222287, 1796011342425);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (11, 'case.opened', 2, 'SHORT', '{"account":"finds","reference":"SHORT","amount":9000,"late":false,"why":"short"}', 1606795222319, 0, 1606795222319, 1796011342425);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (12, 'payment.closed', 2, 'EXPIRED', '{"account":"finds","reference":"EXPIRED","amount":10000,"late":false,"why":"expired"}', 1606795222350, 0, 1606795222350, 1796011342426);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (13, 'payment.paid', 7, 'MUCH', '{"account":"finds","reference":"MUCH","amount":10500,"late":false,"why":null}', 1606795222377, 0, 1606795222377, 1796011342426);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (14, 'payment.surplus', 1, 'MUCH', '{"account":"finds","reference":"MUCH","amount":500,"late":false,"why":"excess"}', 1606795222378, 0, 1606795222378, 1796011342426);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (15, 'payment.closed', 3, 'CANCELLED', '{"account":"finds","reference":"CANCELLED","amount":10000,"late":false,"why":"cancelled"}', 1606795222404, 0, 1606795222404, 1796011342426);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (16, 'payment.created', 8, 'TWICE', '{"account":"qr","reference":"TWICE","amount":10000,"late":false,"why":null}', 1606795222441, 0, 1606795222441, NULL);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (17, 'payment.closed', 8, 'TWICE', '{"account":"qr","reference":"TWICE","amount":10000,"late":false,"why":"cancelled"}', 1606795222453, 0, 1606795222453, NULL);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (27, 'payment.created', 16, 'SIGNED', '{"account":"wallet","reference":"SIGNED","amount":10000,"late":false,"why":null}', 1606795342697, 0, 1606795342697, NULL);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (28, 'payment.paid', 16, 'SIGNED', '{"account":"wallet","reference":"SIGNED","amount":10000,"late":false,"why":null}', 1606795342703, 0, 1606795342703, NULL);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (18, 'payment.created', 9, 'TWICE', '{"account":"finds","reference":"TWICE-2","amount":10000,"late":false,"why":null}', 1606795222474, 0, 1606795222474, NULL);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (19, 'payment.paid', 9, 'TWICE', '{"account":"finds","reference":"TWICE-2","amount":10000,"late":false,"why":null}', 1606795342498, 0, 1606795342498, NULL);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (20, 'payment.surplus', 2, 'TWICE', '{"account":"qr","reference":"TWICE","amount":10000,"late":false,"why":"second"}', 1606795342573, 0, 1606795342573, NULL);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (21, 'payment.closed', 10, 'WITHDRAWN', '{"account":"finds","reference":"WITHDRAWN","amount":10000,"late":false,"why":"withdrawn"}', 1606795342594, 0, 1606795342594, NULL);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (22, 'payment.closed', 11, 'REFUSED', '{"account":"finds","reference":"REFUSED","amount":10000,"late":false,"why":"refused"}', 1606795342612, 0, 1606795342612, NULL);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (23, 'payment.closed', 12, 'UNSEEN', '{"account":"qr","reference":"UNSEEN","amount":10000,"late":false,"why":"unseen"}', 1606795342621, 0, 1606795342621, NULL);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (24, 'payment.created', 13, 'UNSEEN', '{"account":"qr","reference":"UNSEEN-2","amount":10000,"late":false,"why":null}', 1606795342641, 0, 1606795342641, NULL);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (25, 'payment.created', 14, 'OPEN', '{"account":"finds","reference":"OPEN","amount":10000,"late":false,"why":null}', 1606795342653, 0, 1606795342653, NULL);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (26, 'payment.created', 15, 'NOTIFIED', '{"account":"qr","reference":"NOTIFIED","amount":10000,"late":false,"why":null}', 1606795342665, 0, 1606795342665, NULL);
INSERT INTO {schema}.gerbang_inbox OVERRIDING SYSTEM VALUE VALUES (1, 'qr', '3ea83007fba8333d3d92535e47fc953a8a66ddac62a0e3281fb63b09f4c64d5d', 15, 'Q-4', '{"content-type":"application/json"}', '\x7b226964223a22512d34222c2270617961626c65223a31303030302c227265666572656e6365223a224e4f544946494544222c22737461747573223a2270656e64696e67227d', '{"trust":"unsigned","id":"Q-4","reference":"NOTIFIED","amount":null,"payable":10000,"has_unreadable_amount":false,"claimed":"pending","request_id":null,"code":null,"sandbox":null,"nonce":null}', NULL, 0, 1606795342675);
INSERT INTO {schema}.gerbang_inbox OVERRIDING SYSTEM VALUE VALUES (2, 'wallet', 'ea084b79b1ee860fc97cbedcfeca3fb336389ac996938dd752a6ac02c274a6ae', 16, 'W-1', '{"content-type":"application/json"}', '\x7b226964223a22572d31222c2270617961626c65223a31303030302c227265666572656e6365223a225349474e4544222c22737461747573223a2270616964227d', '{"trust":"signed","id":"W-1","reference":"SIGNED","amount":null,"payable":10000,"has_unreadable_amount":false,"claimed":"paid","request_id":null,"code":null,"sandbox":null,"nonce":null}', 'learnt', 0, 1606795342702);
INSERT INTO {schema}.gerbang_order VALUES ('ABSENT', 10000, 'unpaid', NULL, '{"cart": 7}', 1796011342032);
INSERT INTO {schema}.gerbang_order VALUES ('EXPIRED', 10000, 'unpaid', NULL, NULL, 1796011342134);
INSERT INTO {schema}.gerbang_order VALUES ('CANCELLED', 10000, 'unpaid', NULL, NULL, 1796011342161);
INSERT INTO {schema}.gerbang_order VALUES ('FAILED', 10000, 'unpaid', NULL, NULL, 1796011342193);
INSERT INTO {schema}.gerbang_order VALUES ('SHORT', 10000, 'unpaid', NULL, NULL, 1796011342215);
INSERT INTO {schema}.gerbang_order VALUES ('PAID', 10000, 'paid', 5, NULL, 1796011342203);
INSERT INTO {schema}.gerbang_order VALUES ('MUCH', 10000, 'paid', 7, NULL, 1796011342230);
INSERT INTO {schema}.gerbang_order VALUES ('TWICE', 10000, 'paid', 9, NULL, 1796011342438);
INSERT INTO {schema}.gerbang_order VALUES ('WITHDRAWN', 10000, 'unpaid', NULL, NULL, 1796011342581);
INSERT INTO {schema}.gerbang_order VALUES ('REFUSED', 10000, 'unpaid', NULL, NULL, 1796011342601);
INSERT INTO {schema}.gerbang_order VALUES ('UNSEEN', 10000, 'unpaid', NULL, NULL, 1796011342617);
INSERT INTO {schema}.gerbang_order VALUES ('OPEN', 10000, 'unpaid', NULL, NULL, 1796011342644);
INSERT INTO {schema}.gerbang_order VALUES ('NOTIFIED', 10000, 'unpaid', NULL, NULL, 1796011342660);
INSERT INTO {schema}.gerbang_order VALUES ('SIGNED', 10000, 'paid', 16, NULL, 1796011342685);
INSERT INTO {schema}.gerbang_order VALUES ('UNCERTAIN', 10000, 'unpaid', NULL, NULL, 1796011342717);
INSERT INTO {schema}.gerbang_order VALUES ('INTENDED', 10000, 'unpaid', NULL, NULL, 1796011342724);
INSERT INTO {schema}.gerbang_order VALUES ('SENDING', 10000, 'unpaid', NULL, NULL, 1796011342729);
INSERT INTO {schema}.gerbang_receipt VALUES (5, 0, 10000, 'answer', 0, 1796011342274);
INSERT INTO {schema}.gerbang_receipt VALUES (6, 0, 9000, 'answer', 0, 1796011342318);
INSERT INTO {schema}.gerbang_receipt VALUES (7, 0, 10500, 'answer', 0, 1796011342376);
INSERT INTO {schema}.gerbang_receipt VALUES (9, 0, 10000, 'answer', 0, 1796011342497);
INSERT INTO {schema}.gerbang_receipt VALUES (8, 0, 10000, 'answer', 1, 1796011342572);
INSERT INTO {schema}.gerbang_receipt VALUES (16, 0, 10000, 'notification', 0, 1796011342703);
INSERT INTO {schema}.gerbang_surplus OVERRIDING SYSTEM VALUE VALUES (1, 7, 0, 500, 'excess', 1796011342377, NULL, NULL, NULL);
INSERT INTO {schema}.gerbang_surplus OVERRIDING SYSTEM VALUE VALUES (2, 8, 0, 10000, 'second', 1796011342573, NULL, NULL, NULL);
SELECT pg_catalog.setval('{schema}.gerbang_attempt_id_seq', 19, true);
SELECT pg_catalog.setval('{schema}.gerbang_case_id_seq', 2, true);
SELECT pg_catalog.setval('{schema}.gerbang_event_seq_seq', 28, true);
SELECT pg_catalog.setval('{schema}.gerbang_inbox_id_seq', 2, true);
SELECT pg_catalog.setval('{schema}.gerbang_surplus_id_seq', 2, true);
ALTER TABLE ONLY {schema}.gerbang_account
    ADD CONSTRAINT gerbang_account_pkey PRIMARY KEY (name);
ALTER TABLE ONLY {schema}.gerbang_attempt
    ADD CONSTRAINT gerbang_attempt_pkey PRIMARY KEY (id);
ALTER TABLE ONLY {schema}.gerbang_book
    ADD CONSTRAINT gerbang_book_pkey PRIMARY KEY (version);
ALTER TABLE ONLY {schema}.gerbang_case
    ADD CONSTRAINT gerbang_case_account_subject_why_detail_key UNIQUE (account, subject, why, detail);
ALTER TABLE ONLY {schema}.gerbang_case
    ADD CONSTRAINT gerbang_case_pkey PRIMARY KEY (id);
ALTER TABLE ONLY {schema}.gerbang_event
    ADD CONSTRAINT gerbang_event_kind_subject_key UNIQUE (kind, subject);
ALTER TABLE ONLY {schema}.gerbang_event
    ADD CONSTRAINT gerbang_event_pkey PRIMARY KEY (seq);
ALTER TABLE ONLY {schema}.gerbang_inbox
    ADD CONSTRAINT gerbang_inbox_hash_account_key UNIQUE (hash, account);
ALTER TABLE ONLY {schema}.gerbang_inbox
    ADD CONSTRAINT gerbang_inbox_pkey PRIMARY KEY (id);
ALTER TABLE ONLY {schema}.gerbang_order
    ADD CONSTRAINT gerbang_order_pkey PRIMARY KEY (id);
ALTER TABLE ONLY {schema}.gerbang_receipt
    ADD CONSTRAINT gerbang_receipt_pkey PRIMARY KEY (attempt, case_id);
ALTER TABLE ONLY {schema}.gerbang_surplus
    ADD CONSTRAINT gerbang_surplus_attempt_case_id_key UNIQUE (attempt, case_id);
ALTER TABLE ONLY {schema}.gerbang_surplus
    ADD CONSTRAINT gerbang_surplus_pkey PRIMARY KEY (id);
CREATE INDEX gerbang_attempt_due ON {schema}.gerbang_attempt USING btree (account, due_at) WHERE (due_at IS NOT NULL);
CREATE UNIQUE INDEX gerbang_attempt_gateway_id ON {schema}.gerbang_attempt USING btree (gateway_id, account);
CREATE UNIQUE INDEX gerbang_attempt_one_open ON {schema}.gerbang_attempt USING btree (order_id) WHERE (state = ANY (ARRAY['intended'::text, 'sending'::text, 'uncertain'::text, 'open'::text]));
CREATE INDEX gerbang_attempt_order ON {schema}.gerbang_attempt USING btree (order_id);
CREATE UNIQUE INDEX gerbang_attempt_reference ON {schema}.gerbang_attempt USING btree (lower(reference), account);
CREATE INDEX gerbang_attempt_request ON {schema}.gerbang_attempt USING btree (created_at) WHERE (request IS NOT NULL);
CREATE INDEX gerbang_attempt_unsent ON {schema}.gerbang_attempt USING btree (account, due_at) WHERE (state = ANY (ARRAY['intended'::text, 'sending'::text]));
CREATE INDEX gerbang_case_open ON {schema}.gerbang_case USING btree (id) WHERE (resolved_at IS NULL);
CREATE UNIQUE INDEX gerbang_event_paid_once ON {schema}.gerbang_event USING btree (order_id) WHERE (kind = 'payment.paid'::text);
CREATE INDEX gerbang_event_undone ON {schema}.gerbang_event USING btree (seq) WHERE (done_at IS NULL);
CREATE INDEX gerbang_event_undone_order ON {schema}.gerbang_event USING btree (order_id, seq) WHERE (done_at IS NULL);
CREATE INDEX gerbang_inbox_attempt ON {schema}.gerbang_inbox USING btree (attempt);
CREATE INDEX gerbang_inbox_bodies ON {schema}.gerbang_inbox USING btree (at) WHERE (body IS NOT NULL);
ALTER TABLE ONLY {schema}.gerbang_attempt
    ADD CONSTRAINT gerbang_attempt_account_fkey FOREIGN KEY (account) REFERENCES {schema}.gerbang_account(name);
ALTER TABLE ONLY {schema}.gerbang_attempt
    ADD CONSTRAINT gerbang_attempt_order_id_fkey FOREIGN KEY (order_id) REFERENCES {schema}.gerbang_order(id);
ALTER TABLE ONLY {schema}.gerbang_case
    ADD CONSTRAINT gerbang_case_account_fkey FOREIGN KEY (account) REFERENCES {schema}.gerbang_account(name);
ALTER TABLE ONLY {schema}.gerbang_case
    ADD CONSTRAINT gerbang_case_attempt_fkey FOREIGN KEY (attempt) REFERENCES {schema}.gerbang_attempt(id);
ALTER TABLE ONLY {schema}.gerbang_inbox
    ADD CONSTRAINT gerbang_inbox_account_fkey FOREIGN KEY (account) REFERENCES {schema}.gerbang_account(name);
ALTER TABLE ONLY {schema}.gerbang_inbox
    ADD CONSTRAINT gerbang_inbox_attempt_fkey FOREIGN KEY (attempt) REFERENCES {schema}.gerbang_attempt(id);
ALTER TABLE ONLY {schema}.gerbang_order
    ADD CONSTRAINT gerbang_order_paid_by_fkey FOREIGN KEY (paid_by) REFERENCES {schema}.gerbang_attempt(id);
ALTER TABLE ONLY {schema}.gerbang_receipt
    ADD CONSTRAINT gerbang_receipt_attempt_fkey FOREIGN KEY (attempt) REFERENCES {schema}.gerbang_attempt(id);
ALTER TABLE ONLY {schema}.gerbang_surplus
    ADD CONSTRAINT gerbang_surplus_attempt_fkey FOREIGN KEY (attempt) REFERENCES {schema}.gerbang_attempt(id);
