-- A book of version 1 as its first program left it, with a payment in every state. It never changes.
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
    request text NOT NULL,
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
    amount bigint NOT NULL,
    how text NOT NULL,
    late bigint NOT NULL,
    at bigint NOT NULL,
    CONSTRAINT gerbang_receipt_how_check CHECK ((how = ANY (ARRAY['notification'::text, 'answer'::text, 'person'::text])))
);
CREATE TABLE {schema}.gerbang_surplus (
    id bigint NOT NULL,
    attempt bigint NOT NULL,
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
INSERT INTO {schema}.gerbang_account VALUES ('finds', 'fake', 'live', 1606783624179);
INSERT INTO {schema}.gerbang_account VALUES ('qr', 'fake', 'live', 1606783624406);
INSERT INTO {schema}.gerbang_attempt OVERRIDING SYSTEM VALUE VALUES (3, 'CANCELLED', 'finds', 1, 'CANCELLED', 10000, 'closed', 4, 'cancelled', 'F-2', '{"reference":"CANCELLED","amount":10000,"method":null,"expires_in":null,"customer_name":null,"customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}', '{"provider":"fake","id":"F-2","reference":"CANCELLED","request_id":"CANCELLED-10000","amount":10000,"payable":10000,"fee":null,"net":null,"status":"cancelled","expires_at":null,"paid_at":null,"pay_with":[{"qris":"000201"}],"sandbox":null}', -189216000000, 'ddafafd1447c2b93185116f51a2d5462-10798', 1606783685261, 1607474691864, 1606783491864, 1606783624104, NULL, 0, 1606783491853);
INSERT INTO {schema}.gerbang_attempt OVERRIDING SYSTEM VALUE VALUES (1, 'ABSENT', 'wallet', 1, 'ABSENT', 10000, 'closed', 4, 'absent', NULL, '{"reference":"ABSENT","amount":10000,"method":null,"expires_in":{"secs":900,"nanos":0},"customer_name":"Krisdi","customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}', NULL, -189216130000, 'ddafafd1447c2b93185116f51a2d5462-10798', NULL, 1607473491164, 1606782291164, -189217330000, NULL, 0, 1606782291137);
INSERT INTO {schema}.gerbang_attempt OVERRIDING SYSTEM VALUE VALUES (5, 'PAID', 'finds', 1, 'PAID', 10000, 'paid', 5, NULL, 'F-4', '{"reference":"PAID","amount":10000,"method":null,"expires_in":null,"customer_name":null,"customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}', '{"provider":"fake","id":"F-4","reference":"PAID","request_id":"PAID-10000","amount":10000,"payable":10000,"fee":null,"net":null,"status":"paid","expires_at":null,"paid_at":null,"pay_with":[{"qris":"000201"}],"sandbox":null}', -189216120000, '762f8775551cea6c25d9104539c15585-10798', NULL, NULL, 1606783492208, 1606783503167, NULL, 0, 1606783492205);
INSERT INTO {schema}.gerbang_attempt OVERRIDING SYSTEM VALUE VALUES (6, 'SHORT', 'finds', 1, 'SHORT', 10000, 'paid', 5, NULL, 'F-5', '{"reference":"SHORT","amount":10000,"method":null,"expires_in":null,"customer_name":null,"customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}', '{"provider":"fake","id":"F-5","reference":"SHORT","request_id":"SHORT-10000","amount":10000,"payable":10000,"fee":null,"net":null,"status":"paid","expires_at":null,"paid_at":null,"pay_with":[{"qris":"000201"}],"sandbox":null}', -189216120000, '762f8775551cea6c25d9104539c15585-10798', NULL, NULL, 1606783492566, 1606783503355, NULL, 0, 1606783492538);
INSERT INTO {schema}.gerbang_attempt OVERRIDING SYSTEM VALUE VALUES (8, 'TWICE', 'qr', 1, 'TWICE', 10000, 'paid', 5, 'cancelled', 'Q-1', '{"reference":"TWICE","amount":10000,"method":null,"expires_in":null,"customer_name":null,"customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}', '{"provider":"fake","id":"Q-1","reference":"TWICE","request_id":"TWICE-10000","amount":10000,"payable":10000,"fee":null,"net":null,"status":"paid","expires_at":null,"paid_at":null,"pay_with":[{"qris":"000201"}],"sandbox":null}', -189216000000, 'ddafafd1447c2b93185116f51a2d5462-10798', NULL, 1607474703787, 1606783503787, 1606783624406, NULL, 0, 1606783503786);
INSERT INTO {schema}.gerbang_attempt OVERRIDING SYSTEM VALUE VALUES (15, 'OPEN', 'finds', 1, 'OPEN', 10000, 'open', 3, NULL, 'F-8', '{"reference":"OPEN","amount":10000,"method":null,"expires_in":null,"customer_name":null,"customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}', '{"provider":"fake","id":"F-8","reference":"OPEN","request_id":"OPEN-10000","amount":10000,"payable":10000,"fee":null,"net":null,"status":"pending","expires_at":null,"paid_at":null,"pay_with":[{"qris":"000201"}],"sandbox":null}', -189216000000, 'ddafafd1447c2b93185116f51a2d5462-10798', 1606783628396, NULL, 1606783624872, -189216000000, NULL, 0, 1606783624866);
INSERT INTO {schema}.gerbang_attempt OVERRIDING SYSTEM VALUE VALUES (17, 'SIGNED', 'wallet', 1, 'SIGNED', 10000, 'paid', 5, NULL, 'W-1', '{"reference":"SIGNED","amount":10000,"method":null,"expires_in":null,"customer_name":null,"customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}', '{"provider":"fake","id":"W-1","reference":"SIGNED","request_id":"SIGNED-10000","amount":10000,"payable":10000,"fee":null,"net":null,"status":"paid","expires_at":null,"paid_at":null,"pay_with":[{"qris":"000201"}],"sandbox":null}', -189216000000, 'ddafafd1447c2b93185116f51a2d5462-10798', NULL, NULL, 1606783625112, -189216000000, NULL, 0, 1606783625111);
INSERT INTO {schema}.gerbang_attempt OVERRIDING SYSTEM VALUE VALUES (19, 'INTENDED', 'finds', 1, 'INTENDED', 10000, 'intended', 0, NULL, NULL, '{"reference":"INTENDED","amount":10000,"method":null,"expires_in":null,"customer_name":null,"customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}', NULL, -189216000000, 'ddafafd1447c2b93185116f51a2d5462-10798', 1606783628850, NULL, 1606783625173, -189216000000, NULL, 1, 1606783625173);
INSERT INTO {schema}.gerbang_attempt OVERRIDING SYSTEM VALUE VALUES (9, 'TWICE', 'finds', 2, 'TWICE-2', 10000, 'paid', 5, NULL, 'F-7', '{"reference":"TWICE-2","amount":10000,"method":null,"expires_in":null,"customer_name":null,"customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}', '{"provider":"fake","id":"F-7","reference":"TWICE-2","request_id":"TWICE-2-10000","amount":10000,"payable":10000,"fee":null,"net":null,"status":"paid","expires_at":null,"paid_at":null,"pay_with":[{"qris":"000201"}],"sandbox":null}', -189216000000, 'ddafafd1447c2b93185116f51a2d5462-10798', NULL, NULL, 1606783503962, 1606783623976, NULL, 0, 1606783503961);
INSERT INTO {schema}.gerbang_attempt OVERRIDING SYSTEM VALUE VALUES (20, 'SENDING', 'finds', 1, 'SENDING', 10000, 'sending', 1, NULL, NULL, '{"reference":"SENDING","amount":10000,"method":null,"expires_in":null,"customer_name":null,"customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}', NULL, 1606783745185, 'ddafafd1447c2b93185116f51a2d5462-10798', 1606783745185, NULL, 1606783625185, -189216000000, NULL, 0, 1606783625184);
INSERT INTO {schema}.gerbang_attempt OVERRIDING SYSTEM VALUE VALUES (2, 'EXPIRED', 'finds', 1, 'EXPIRED', 10000, 'closed', 4, 'expired', 'F-1', '{"reference":"EXPIRED","amount":10000,"method":null,"expires_in":null,"customer_name":null,"customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}', '{"provider":"fake","id":"F-1","reference":"EXPIRED","request_id":"EXPIRED-10000","amount":10000,"payable":10000,"fee":null,"net":null,"status":"expired","expires_at":null,"paid_at":null,"pay_with":[{"qris":"000201"}],"sandbox":null}', -189216000000, 'ddafafd1447c2b93185116f51a2d5462-10798', 1606783685014, 1607474691773, 1606783491773, 1606783624179, NULL, 0, 1606783491764);
INSERT INTO {schema}.gerbang_attempt OVERRIDING SYSTEM VALUE VALUES (4, 'FAILED', 'finds', 1, 'FAILED', 10000, 'closed', 4, 'failed', 'F-3', '{"reference":"FAILED","amount":10000,"method":null,"expires_in":null,"customer_name":null,"customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}', '{"provider":"fake","id":"F-3","reference":"FAILED","request_id":"FAILED-10000","amount":10000,"payable":10000,"fee":null,"net":null,"status":"failed","expires_at":null,"paid_at":null,"pay_with":[{"qris":"000201"}],"sandbox":null}', -189216000000, 'ddafafd1447c2b93185116f51a2d5462-10798', 1606783684926, 1607474692080, 1606783492080, 1606783624101, NULL, 0, 1606783491886);
INSERT INTO {schema}.gerbang_attempt OVERRIDING SYSTEM VALUE VALUES (13, 'UNSEEN', 'qr', 1, 'UNSEEN', 10000, 'closed', 4, 'unseen', NULL, '{"reference":"UNSEEN","amount":10000,"method":null,"expires_in":null,"customer_name":null,"customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}', NULL, -189216000000, 'ddafafd1447c2b93185116f51a2d5462-10798', NULL, 1607474824709, 1606783624709, -189216000000, NULL, 1, 1606783624708);
INSERT INTO {schema}.gerbang_attempt OVERRIDING SYSTEM VALUE VALUES (11, 'WITHDRAWN', 'finds', 1, 'WITHDRAWN', 10000, 'closed', 4, 'withdrawn', NULL, '{"reference":"WITHDRAWN","amount":10000,"method":null,"expires_in":null,"customer_name":null,"customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}', NULL, -189216000000, NULL, 1606783692120, 1607474824479, NULL, -189216000000, NULL, 0, 1606783624479);
INSERT INTO {schema}.gerbang_attempt OVERRIDING SYSTEM VALUE VALUES (12, 'REFUSED', 'finds', 1, 'REFUSED', 10000, 'closed', 4, 'refused', NULL, '{"reference":"REFUSED","amount":10000,"method":null,"expires_in":null,"customer_name":null,"customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}', NULL, -189216000000, 'ddafafd1447c2b93185116f51a2d5462-10798', 1606783699153, 1607474824692, 1606783624692, -189216000000, NULL, 1, 1606783624687);
INSERT INTO {schema}.gerbang_attempt OVERRIDING SYSTEM VALUE VALUES (18, 'UNCERTAIN', 'finds', 1, 'UNCERTAIN', 10000, 'uncertain', 2, NULL, NULL, '{"reference":"UNCERTAIN","amount":10000,"method":null,"expires_in":null,"customer_name":null,"customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}', NULL, -189216000000, 'ddafafd1447c2b93185116f51a2d5462-10798', 1606783628661, NULL, 1606783625169, -189216000000, NULL, 1, 1606783625169);
INSERT INTO {schema}.gerbang_attempt OVERRIDING SYSTEM VALUE VALUES (7, 'MUCH', 'finds', 1, 'MUCH', 10000, 'paid', 5, NULL, 'F-6', '{"reference":"MUCH","amount":10000,"method":null,"expires_in":null,"customer_name":null,"customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}', '{"provider":"fake","id":"F-6","reference":"MUCH","request_id":"MUCH-10000","amount":10000,"payable":10000,"fee":null,"net":null,"status":"paid","expires_at":null,"paid_at":null,"pay_with":[{"qris":"000201"}],"sandbox":null}', -189216120000, '762f8775551cea6c25d9104539c15585-10798', NULL, NULL, 1606783492642, 1606783503257, NULL, 0, 1606783492641);
INSERT INTO {schema}.gerbang_attempt OVERRIDING SYSTEM VALUE VALUES (14, 'UNSEEN', 'qr', 2, 'UNSEEN-2', 10000, 'open', 3, NULL, 'Q-3', '{"reference":"UNSEEN-2","amount":10000,"method":null,"expires_in":null,"customer_name":null,"customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}', '{"provider":"fake","id":"Q-3","reference":"UNSEEN-2","request_id":"UNSEEN-2-10000","amount":10000,"payable":10000,"fee":null,"net":null,"status":"pending","expires_at":null,"paid_at":null,"pay_with":[{"qris":"000201"}],"sandbox":null}', -189216000000, 'ddafafd1447c2b93185116f51a2d5462-10798', 1606783627892, NULL, 1606783624729, -189216000000, NULL, 0, 1606783624726);
INSERT INTO {schema}.gerbang_attempt OVERRIDING SYSTEM VALUE VALUES (16, 'NOTIFIED', 'qr', 1, 'NOTIFIED', 10000, 'open', 3, NULL, 'Q-4', '{"reference":"NOTIFIED","amount":10000,"method":null,"expires_in":null,"customer_name":null,"customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}', '{"provider":"fake","id":"Q-4","reference":"NOTIFIED","request_id":"NOTIFIED-10000","amount":10000,"payable":10000,"fee":null,"net":null,"status":"pending","expires_at":null,"paid_at":null,"pay_with":[{"qris":"000201"}],"sandbox":null}', -189216000000, 'ddafafd1447c2b93185116f51a2d5462-10798', 1606783624975, NULL, 1606783624921, -189216000000, NULL, 0, 1606783624920);
INSERT INTO {schema}.gerbang_book VALUES (1, 1606783620986);
INSERT INTO {schema}.gerbang_case OVERRIDING SYSTEM VALUE VALUES (1, 'wallet', 1, 'ABSENT', 'creation_lost', 'the reply to the creation was lost and the payment cannot be looked for', 1606783621661, NULL, NULL, NULL, NULL);
INSERT INTO {schema}.gerbang_case OVERRIDING SYSTEM VALUE VALUES (2, 'finds', 6, 'SHORT', 'short', '9000 rupiah came in, which is less than the order costs', 1606783623380, NULL, NULL, NULL, NULL);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (1, 'payment.closed', 1, 'ABSENT', '{"account":"wallet","reference":"ABSENT","amount":10000,"late":false,"why":"absent"}', 1606783491655, 0, 1606783491655, 1606783623458);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (2, 'case.opened', 1, 'ABSENT', '{"account":"wallet","reference":"ABSENT","amount":null,"late":false,"why":"creation_lost"}', 1606783491666, 0, 1606783491666, 1606783623469);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (3, 'payment.created', 2, 'EXPIRED', '{"account":"finds","reference":"EXPIRED","amount":10000,"late":false,"why":null}', 1606783491828, 0, 1606783491828, 1606783623529);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (4, 'payment.created', 3, 'CANCELLED', '{"account":"finds","reference":"CANCELLED","amount":10000,"late":false,"why":null}', 1606783491871, 0, 1606783491871, 1606783623580);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (5, 'payment.created', 4, 'FAILED', '{"account":"finds","reference":"FAILED","amount":10000,"late":false,"why":null}', 1606783492187, 0, 1606783492187, 1606783623584);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (6, 'payment.created', 5, 'PAID', '{"account":"finds","reference":"PAID","amount":10000,"late":false,"why":null}', 1606783492327, 0, 1606783492327, 1606783623596);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (7, 'payment.created', 6, 'SHORT', '{"account":"finds","reference":"SHORT","amount":10000,"late":false,"why":null}', 1606783492597, 0, 1606783492597, 1606783623607);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (8, 'payment.created', 7, 'MUCH', '{"account":"finds","reference":"MUCH","amount":10000,"late":false,"why":null}', 1606783492657, 0, 1606783492657, 1606783623614);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (9, 'payment.closed', 3, 'CANCELLED', '{"account":"finds","reference":"CANCELLED","amount":10000,"late":false,"why":"cancelled"}', 1606783502941, 0, 1606783502941, 1606783623618);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (10, 'payment.closed', 2, 'EXPIRED', '{"account":"finds","reference":"EXPIRED","amount":10000,"late":false,"why":"expired"}', 1606783502961, 0, 1606783502961, 1606783623622);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (11, 'payment.closed', 4, 'FAILED', '{"account":"finds","reference":"FAILED","amount":10000,"late":false,"why":"failed"}', 1606783503096, 0, 1606783503096, 1606783623641);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (12, 'payment.paid', 5, 'PAID', '{"account":"finds","reference":"PAID","amount":10000,"late":false,"why":null}', 1606783503187, 0, 1606783503187, 1606783623649);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (13, 'payment.paid', 7, 'MUCH', '{"account":"finds","reference":"MUCH","amount":10500,"late":false,"why":null}', 1606783503274, 0, 1606783503274, 1606783623662);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (14, 'payment.surplus', 7, 'MUCH', '{"account":"finds","reference":"MUCH","amount":500,"late":false,"why":"excess"}', 1606783503274, 0, 1606783503274, 1606783623676);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (15, 'case.opened', 2, 'SHORT', '{"account":"finds","reference":"SHORT","amount":null,"late":false,"why":"short"}', 1606783503381, 0, 1606783503381, 1606783623761);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (16, 'payment.created', 8, 'TWICE', '{"account":"qr","reference":"TWICE","amount":10000,"late":false,"why":null}', 1606783503792, 0, 1606783503792, NULL);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (17, 'payment.closed', 8, 'TWICE', '{"account":"qr","reference":"TWICE","amount":10000,"late":false,"why":"cancelled"}', 1606783503946, 0, 1606783503946, NULL);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (27, 'payment.created', 17, 'SIGNED', '{"account":"wallet","reference":"SIGNED","amount":10000,"late":false,"why":null}', 1606783625160, 0, 1606783625160, NULL);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (28, 'payment.paid', 17, 'SIGNED', '{"account":"wallet","reference":"SIGNED","amount":10000,"late":false,"why":null}', 1606783625167, 0, 1606783625167, NULL);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (18, 'payment.created', 9, 'TWICE', '{"account":"finds","reference":"TWICE-2","amount":10000,"late":false,"why":null}', 1606783503967, 0, 1606783503967, NULL);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (19, 'payment.paid', 9, 'TWICE', '{"account":"finds","reference":"TWICE-2","amount":10000,"late":false,"why":null}', 1606783624052, 0, 1606783624052, NULL);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (20, 'payment.surplus', 8, 'TWICE', '{"account":"qr","reference":"TWICE","amount":10000,"late":false,"why":"second"}', 1606783624434, 0, 1606783624434, NULL);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (21, 'payment.closed', 11, 'WITHDRAWN', '{"account":"finds","reference":"WITHDRAWN","amount":10000,"late":false,"why":"withdrawn"}', 1606783624554, 0, 1606783624554, NULL);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (22, 'payment.closed', 12, 'REFUSED', '{"account":"finds","reference":"REFUSED","amount":10000,"late":false,"why":"refused"}', 1606783624700, 0, 1606783624700, NULL);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (23, 'payment.closed', 13, 'UNSEEN', '{"account":"qr","reference":"UNSEEN","amount":10000,"late":false,"why":"unseen"}', 1606783624725, 0, 1606783624725, NULL);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (24, 'payment.created', 14, 'UNSEEN', '{"account":"qr","reference":"UNSEEN-2","amount":10000,"late":false,"why":null}', 1606783624806, 0, 1606783624806, NULL);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (25, 'payment.created', 15, 'OPEN', '{"account":"finds","reference":"OPEN","amount":10000,"late":false,"why":null}', 1606783624883, 0, 1606783624883, NULL);
INSERT INTO {schema}.gerbang_event OVERRIDING SYSTEM VALUE VALUES (26, 'payment.created', 16, 'NOTIFIED', '{"account":"qr","reference":"NOTIFIED","amount":10000,"late":false,"why":null}', 1606783624944, 0, 1606783624944, NULL);
INSERT INTO {schema}.gerbang_inbox OVERRIDING SYSTEM VALUE VALUES (1, 'qr', '3ea83007fba8333d3d92535e47fc953a8a66ddac62a0e3281fb63b09f4c64d5d', 16, 'Q-4', '{"content-type":"application/json"}', '\x7b226964223a22512d34222c2270617961626c65223a31303030302c227265666572656e6365223a224e4f544946494544222c22737461747573223a2270656e64696e67227d', '{"trust":"unsigned","id":"Q-4","reference":"NOTIFIED","amount":null,"payable":10000,"has_unreadable_amount":false,"claimed":"pending","request_id":null,"code":null,"sandbox":null,"nonce":null}', NULL, 0, 1606783624993);
INSERT INTO {schema}.gerbang_inbox OVERRIDING SYSTEM VALUE VALUES (2, 'wallet', 'ea084b79b1ee860fc97cbedcfeca3fb336389ac996938dd752a6ac02c274a6ae', 17, 'W-1', '{"content-type":"application/json"}', '\x7b226964223a22572d31222c2270617961626c65223a31303030302c227265666572656e6365223a225349474e4544222c22737461747573223a2270616964227d', '{"trust":"signed","id":"W-1","reference":"SIGNED","amount":null,"payable":10000,"has_unreadable_amount":false,"claimed":"paid","request_id":null,"code":null,"sandbox":null,"nonce":null}', 'learnt', 0, 1606783625166);
INSERT INTO {schema}.gerbang_order VALUES ('ABSENT', 10000, 'unpaid', NULL, '{"cart": 7}', 1606783621106);
INSERT INTO {schema}.gerbang_order VALUES ('EXPIRED', 10000, 'unpaid', NULL, NULL, 1606783621727);
INSERT INTO {schema}.gerbang_order VALUES ('CANCELLED', 10000, 'unpaid', NULL, NULL, 1606783621834);
INSERT INTO {schema}.gerbang_order VALUES ('FAILED', 10000, 'unpaid', NULL, NULL, 1606783621876);
INSERT INTO {schema}.gerbang_order VALUES ('SHORT', 10000, 'unpaid', NULL, NULL, 1606783622536);
INSERT INTO {schema}.gerbang_order VALUES ('PAID', 10000, 'paid', 5, NULL, 1606783622189);
INSERT INTO {schema}.gerbang_order VALUES ('MUCH', 10000, 'paid', 7, NULL, 1606783622616);
INSERT INTO {schema}.gerbang_order VALUES ('TWICE', 10000, 'paid', 9, NULL, 1606783623782);
INSERT INTO {schema}.gerbang_order VALUES ('WITHDRAWN', 10000, 'unpaid', NULL, NULL, 1606783624478);
INSERT INTO {schema}.gerbang_order VALUES ('REFUSED', 10000, 'unpaid', NULL, NULL, 1606783624667);
INSERT INTO {schema}.gerbang_order VALUES ('UNSEEN', 10000, 'unpaid', NULL, NULL, 1606783624707);
INSERT INTO {schema}.gerbang_order VALUES ('OPEN', 10000, 'unpaid', NULL, NULL, 1606783624836);
INSERT INTO {schema}.gerbang_order VALUES ('NOTIFIED', 10000, 'unpaid', NULL, NULL, 1606783624919);
INSERT INTO {schema}.gerbang_order VALUES ('SIGNED', 10000, 'paid', 17, NULL, 1606783625105);
INSERT INTO {schema}.gerbang_order VALUES ('UNCERTAIN', 10000, 'unpaid', NULL, NULL, 1606783625168);
INSERT INTO {schema}.gerbang_order VALUES ('INTENDED', 10000, 'unpaid', NULL, NULL, 1606783625172);
INSERT INTO {schema}.gerbang_order VALUES ('SENDING', 10000, 'unpaid', NULL, NULL, 1606783625183);
INSERT INTO {schema}.gerbang_receipt VALUES (5, 10000, 'answer', 0, 1606783623185);
INSERT INTO {schema}.gerbang_receipt VALUES (7, 10500, 'answer', 0, 1606783623273);
INSERT INTO {schema}.gerbang_receipt VALUES (6, 9000, 'answer', 0, 1606783623378);
INSERT INTO {schema}.gerbang_receipt VALUES (9, 10000, 'answer', 0, 1606783623979);
INSERT INTO {schema}.gerbang_receipt VALUES (8, 10000, 'answer', 1, 1606783624425);
INSERT INTO {schema}.gerbang_receipt VALUES (17, 10000, 'notification', 0, 1606783625166);
INSERT INTO {schema}.gerbang_surplus OVERRIDING SYSTEM VALUE VALUES (1, 7, 500, 'excess', 1606783623274, NULL, NULL, NULL);
INSERT INTO {schema}.gerbang_surplus OVERRIDING SYSTEM VALUE VALUES (2, 8, 10000, 'second', 1606783624432, NULL, NULL, NULL);
SELECT pg_catalog.setval('{schema}.gerbang_attempt_id_seq', 20, true);
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
    ADD CONSTRAINT gerbang_inbox_account_hash_key UNIQUE (account, hash);
ALTER TABLE ONLY {schema}.gerbang_inbox
    ADD CONSTRAINT gerbang_inbox_pkey PRIMARY KEY (id);
ALTER TABLE ONLY {schema}.gerbang_order
    ADD CONSTRAINT gerbang_order_pkey PRIMARY KEY (id);
ALTER TABLE ONLY {schema}.gerbang_receipt
    ADD CONSTRAINT gerbang_receipt_pkey PRIMARY KEY (attempt);
ALTER TABLE ONLY {schema}.gerbang_surplus
    ADD CONSTRAINT gerbang_surplus_attempt_key UNIQUE (attempt);
ALTER TABLE ONLY {schema}.gerbang_surplus
    ADD CONSTRAINT gerbang_surplus_pkey PRIMARY KEY (id);
CREATE INDEX gerbang_attempt_due ON {schema}.gerbang_attempt USING btree (account, due_at) WHERE (due_at IS NOT NULL);
CREATE UNIQUE INDEX gerbang_attempt_gateway_id ON {schema}.gerbang_attempt USING btree (account, gateway_id);
CREATE UNIQUE INDEX gerbang_attempt_one_open ON {schema}.gerbang_attempt USING btree (order_id) WHERE (state = ANY (ARRAY['intended'::text, 'sending'::text, 'uncertain'::text, 'open'::text]));
CREATE INDEX gerbang_attempt_order ON {schema}.gerbang_attempt USING btree (order_id);
CREATE UNIQUE INDEX gerbang_attempt_reference ON {schema}.gerbang_attempt USING btree (account, lower(reference));
CREATE INDEX gerbang_case_open ON {schema}.gerbang_case USING btree (id) WHERE (resolved_at IS NULL);
CREATE UNIQUE INDEX gerbang_event_paid_once ON {schema}.gerbang_event USING btree (order_id) WHERE (kind = 'payment.paid'::text);
CREATE INDEX gerbang_event_undone ON {schema}.gerbang_event USING btree (seq) WHERE (done_at IS NULL);
CREATE INDEX gerbang_event_undone_order ON {schema}.gerbang_event USING btree (order_id, seq) WHERE (done_at IS NULL);
CREATE INDEX gerbang_inbox_bodies ON {schema}.gerbang_inbox USING btree (at) WHERE (body IS NOT NULL);
CREATE INDEX gerbang_inbox_pending ON {schema}.gerbang_inbox USING btree (attempt) WHERE (outcome IS NULL);
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
