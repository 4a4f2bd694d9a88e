-- A book as a program of its version left it, with a payment in every state. It never changes once it is published.
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE gerbang_book (version BIGINT PRIMARY KEY NOT NULL, at BIGINT NOT NULL);
INSERT INTO gerbang_book VALUES(1,1796011341622);
CREATE TABLE gerbang_account (
    name TEXT PRIMARY KEY NOT NULL,
    gateway TEXT NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('live', 'test')),
    -- Until when the budget of questions is used up.
    budget_at INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO gerbang_account VALUES('wallet','fake','live',-189217330000);
INSERT INTO gerbang_account VALUES('finds','fake','live',1606795341695);
INSERT INTO gerbang_account VALUES('qr','fake','live',1606795341701);
CREATE TABLE gerbang_order (
    id TEXT PRIMARY KEY NOT NULL,
    price INTEGER NOT NULL CHECK (price >= 0),
    state TEXT NOT NULL DEFAULT 'unpaid' CHECK (state IN ('unpaid', 'paid')),
    paid_by INTEGER REFERENCES gerbang_attempt (id),
    metadata TEXT,
    created_at INTEGER NOT NULL,
    CHECK ((state = 'paid') = (paid_by IS NOT NULL))
) STRICT;
INSERT INTO gerbang_order VALUES('ABSENT',10000,'unpaid',NULL,'{"cart": 7}',1796011341641);
INSERT INTO gerbang_order VALUES('EXPIRED',10000,'unpaid',NULL,NULL,1796011341650);
INSERT INTO gerbang_order VALUES('CANCELLED',10000,'unpaid',NULL,NULL,1796011341651);
INSERT INTO gerbang_order VALUES('FAILED',10000,'unpaid',NULL,NULL,1796011341653);
INSERT INTO gerbang_order VALUES('PAID',10000,'paid',5,NULL,1796011341654);
INSERT INTO gerbang_order VALUES('SHORT',10000,'unpaid',NULL,NULL,1796011341656);
INSERT INTO gerbang_order VALUES('MUCH',10000,'paid',7,NULL,1796011341658);
INSERT INTO gerbang_order VALUES('TWICE',10000,'paid',9,NULL,1796011341680);
INSERT INTO gerbang_order VALUES('WITHDRAWN',10000,'unpaid',NULL,NULL,1796011341721);
INSERT INTO gerbang_order VALUES('REFUSED',10000,'unpaid',NULL,NULL,1796011341724);
INSERT INTO gerbang_order VALUES('UNSEEN',10000,'unpaid',NULL,NULL,1796011341725);
INSERT INTO gerbang_order VALUES('OPEN',10000,'unpaid',NULL,NULL,1796011341729);
INSERT INTO gerbang_order VALUES('NOTIFIED',10000,'unpaid',NULL,NULL,1796011341731);
INSERT INTO gerbang_order VALUES('SIGNED',10000,'paid',16,NULL,1796011341735);
INSERT INTO gerbang_order VALUES('UNCERTAIN',10000,'unpaid',NULL,NULL,1796011341745);
INSERT INTO gerbang_order VALUES('INTENDED',10000,'unpaid',NULL,NULL,1796011341747);
INSERT INTO gerbang_order VALUES('SENDING',10000,'unpaid',NULL,NULL,1796011341749);
CREATE TABLE gerbang_attempt (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    order_id TEXT NOT NULL REFERENCES gerbang_order (id),
    account TEXT NOT NULL REFERENCES gerbang_account (name),
    number INTEGER NOT NULL,
    reference TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount >= 0),
    state TEXT NOT NULL,
    rank INTEGER NOT NULL,
    ending TEXT,
    gateway_id TEXT,
    -- What is sent, and what is known of the payment, as JSON. What is sent holds customers' data and is deleted after a time.
    request TEXT,
    payment TEXT,
    lease_until INTEGER NOT NULL DEFAULT 0,
    lease_by TEXT,
    -- When the next step is due; none where no step is left.
    due_at INTEGER,
    watch_until INTEGER,
    sent_at INTEGER,
    asked_at INTEGER NOT NULL DEFAULT 0,
    expires_at INTEGER,
    failures INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    CHECK (rank = CASE state WHEN 'intended' THEN 0 WHEN 'sending' THEN 1 WHEN 'uncertain' THEN 2 WHEN 'open' THEN 3
        WHEN 'closed' THEN 4 WHEN 'paid' THEN 5 END),
    CHECK (state <> 'closed' OR ending IS NOT NULL)
) STRICT;
INSERT INTO gerbang_attempt VALUES(1,'ABSENT','wallet',1,'ABSENT',10000,'closed',4,'absent',NULL,'{"reference":"ABSENT","amount":10000,"method":null,"expires_in":{"secs":900,"nanos":0},"customer_name":"Krisdi","customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}',NULL,-189216130000,'b17c4c86c1d924550407ef6d324df245-15843',NULL,1607485211641,1606794011641,-189217330000,NULL,0,1606794011641);
INSERT INTO gerbang_attempt VALUES(2,'EXPIRED','finds',1,'EXPIRED',10000,'closed',4,'expired','F-1','{"reference":"EXPIRED","amount":10000,"method":null,"expires_in":null,"customer_name":null,"customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}','{"provider":"fake","id":"F-1","reference":"EXPIRED","request_id":"EXPIRED-10000","amount":10000,"payable":10000,"fee":null,"net":null,"status":"expired","expires_at":null,"paid_at":null,"pay_with":[{"qris":"000201"}],"sandbox":null}',-189216000000,'b17c4c86c1d924550407ef6d324df245-15843',1606795411853,1607486411650,1606795211650,1606795341695,NULL,0,1606795211650);
INSERT INTO gerbang_attempt VALUES(3,'CANCELLED','finds',1,'CANCELLED',10000,'closed',4,'cancelled','F-2','{"reference":"CANCELLED","amount":10000,"method":null,"expires_in":null,"customer_name":null,"customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}','{"provider":"fake","id":"F-2","reference":"CANCELLED","request_id":"CANCELLED-10000","amount":10000,"payable":10000,"fee":null,"net":null,"status":"cancelled","expires_at":null,"paid_at":null,"pay_with":[{"qris":"000201"}],"sandbox":null}',-189216000000,'b17c4c86c1d924550407ef6d324df245-15843',1606795411621,1607486411651,1606795211651,1606795341691,NULL,0,1606795211651);
INSERT INTO gerbang_attempt VALUES(4,'FAILED','finds',1,'FAILED',10000,'closed',4,'failed','F-3','{"reference":"FAILED","amount":10000,"method":null,"expires_in":null,"customer_name":null,"customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}','{"provider":"fake","id":"F-3","reference":"FAILED","request_id":"FAILED-10000","amount":10000,"payable":10000,"fee":null,"net":null,"status":"failed","expires_at":null,"paid_at":null,"pay_with":[{"qris":"000201"}],"sandbox":null}',-189216000000,'b17c4c86c1d924550407ef6d324df245-15843',1606795412031,1607486411653,1606795211653,1606795341693,NULL,0,1606795211653);
INSERT INTO gerbang_attempt VALUES(5,'PAID','finds',1,'PAID',10000,'paid',5,NULL,'F-4','{"reference":"PAID","amount":10000,"method":null,"expires_in":null,"customer_name":null,"customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}','{"provider":"fake","id":"F-4","reference":"PAID","request_id":"PAID-10000","amount":10000,"payable":10000,"fee":null,"net":null,"status":"paid","expires_at":null,"paid_at":null,"pay_with":[{"qris":"000201"}],"sandbox":null}',-189216120000,'b17c4c86c1d924550407ef6d324df245-15843',NULL,NULL,1606795211654,1606795221661,NULL,0,1606795211654);
INSERT INTO gerbang_attempt VALUES(6,'SHORT','finds',1,'SHORT',10000,'paid',5,NULL,'F-5','{"reference":"SHORT","amount":10000,"method":null,"expires_in":null,"customer_name":null,"customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}','{"provider":"fake","id":"F-5","reference":"SHORT","request_id":"SHORT-10000","amount":10000,"payable":10000,"fee":null,"net":null,"status":"paid","expires_at":null,"paid_at":null,"pay_with":[{"qris":"000201"}],"sandbox":null}',-189216120000,'b17c4c86c1d924550407ef6d324df245-15843',NULL,NULL,1606795211656,1606795221666,NULL,0,1606795211656);
INSERT INTO gerbang_attempt VALUES(7,'MUCH','finds',1,'MUCH',10000,'paid',5,NULL,'F-6','{"reference":"MUCH","amount":10000,"method":null,"expires_in":null,"customer_name":null,"customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}','{"provider":"fake","id":"F-6","reference":"MUCH","request_id":"MUCH-10000","amount":10000,"payable":10000,"fee":null,"net":null,"status":"paid","expires_at":null,"paid_at":null,"pay_with":[{"qris":"000201"}],"sandbox":null}',-189216120000,'b17c4c86c1d924550407ef6d324df245-15843',NULL,NULL,1606795211658,1606795221670,NULL,0,1606795211658);
INSERT INTO gerbang_attempt VALUES(8,'TWICE','qr',1,'TWICE',10000,'paid',5,'cancelled','Q-1','{"reference":"TWICE","amount":10000,"method":null,"expires_in":null,"customer_name":null,"customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}','{"provider":"fake","id":"Q-1","reference":"TWICE","request_id":"TWICE-10000","amount":10000,"payable":10000,"fee":null,"net":null,"status":"paid","expires_at":null,"paid_at":null,"pay_with":[{"qris":"000201"}],"sandbox":null}',-189216000000,'b17c4c86c1d924550407ef6d324df245-15843',NULL,1607486421680,1606795221680,1606795341701,NULL,0,1606795221680);
INSERT INTO gerbang_attempt VALUES(9,'TWICE','finds',2,'TWICE-2',10000,'paid',5,NULL,'F-7','{"reference":"TWICE-2","amount":10000,"method":null,"expires_in":null,"customer_name":null,"customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}','{"provider":"fake","id":"F-7","reference":"TWICE-2","request_id":"TWICE-2-10000","amount":10000,"payable":10000,"fee":null,"net":null,"status":"paid","expires_at":null,"paid_at":null,"pay_with":[{"qris":"000201"}],"sandbox":null}',-189216000000,'b17c4c86c1d924550407ef6d324df245-15843',NULL,NULL,1606795221686,1606795341689,NULL,0,1606795221686);
INSERT INTO gerbang_attempt VALUES(10,'WITHDRAWN','finds',1,'WITHDRAWN',10000,'closed',4,'withdrawn',NULL,'{"reference":"WITHDRAWN","amount":10000,"method":null,"expires_in":null,"customer_name":null,"customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}',NULL,-189216000000,NULL,1606795403167,1607486541721,NULL,-189216000000,NULL,0,1606795341721);
INSERT INTO gerbang_attempt VALUES(11,'REFUSED','finds',1,'REFUSED',10000,'closed',4,'refused',NULL,'{"reference":"REFUSED","amount":10000,"method":null,"expires_in":null,"customer_name":null,"customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}',NULL,-189216000000,'b17c4c86c1d924550407ef6d324df245-15843',1606795402237,1607486541724,1606795341724,-189216000000,NULL,1,1606795341724);
INSERT INTO gerbang_attempt VALUES(12,'UNSEEN','qr',1,'UNSEEN',10000,'closed',4,'unseen',NULL,'{"reference":"UNSEEN","amount":10000,"method":null,"expires_in":null,"customer_name":null,"customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}',NULL,-189216000000,'b17c4c86c1d924550407ef6d324df245-15843',NULL,1607486541725,1606795341725,-189216000000,NULL,1,1606795341725);
INSERT INTO gerbang_attempt VALUES(13,'UNSEEN','qr',2,'UNSEEN-2',10000,'open',3,NULL,'Q-3','{"reference":"UNSEEN-2","amount":10000,"method":null,"expires_in":null,"customer_name":null,"customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}','{"provider":"fake","id":"Q-3","reference":"UNSEEN-2","request_id":"UNSEEN-2-10000","amount":10000,"payable":10000,"fee":null,"net":null,"status":"pending","expires_at":null,"paid_at":null,"pay_with":[{"qris":"000201"}],"sandbox":null}',-189216000000,'b17c4c86c1d924550407ef6d324df245-15843',1606795344829,NULL,1606795341728,-189216000000,NULL,0,1606795341727);
INSERT INTO gerbang_attempt VALUES(14,'OPEN','finds',1,'OPEN',10000,'open',3,NULL,'F-8','{"reference":"OPEN","amount":10000,"method":null,"expires_in":null,"customer_name":null,"customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}','{"provider":"fake","id":"F-8","reference":"OPEN","request_id":"OPEN-10000","amount":10000,"payable":10000,"fee":null,"net":null,"status":"pending","expires_at":null,"paid_at":null,"pay_with":[{"qris":"000201"}],"sandbox":null}',-189216000000,'b17c4c86c1d924550407ef6d324df245-15843',1606795345308,NULL,1606795341729,-189216000000,NULL,0,1606795341729);
INSERT INTO gerbang_attempt VALUES(15,'NOTIFIED','qr',1,'NOTIFIED',10000,'open',3,NULL,'Q-4','{"reference":"NOTIFIED","amount":10000,"method":null,"expires_in":null,"customer_name":null,"customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}','{"provider":"fake","id":"Q-4","reference":"NOTIFIED","request_id":"NOTIFIED-10000","amount":10000,"payable":10000,"fee":null,"net":null,"status":"pending","expires_at":null,"paid_at":null,"pay_with":[{"qris":"000201"}],"sandbox":null}',-189216000000,'b17c4c86c1d924550407ef6d324df245-15843',1606795341733,NULL,1606795341731,-189216000000,NULL,0,1606795341731);
INSERT INTO gerbang_attempt VALUES(16,'SIGNED','wallet',1,'SIGNED',10000,'paid',5,NULL,'W-1','{"reference":"SIGNED","amount":10000,"method":null,"expires_in":null,"customer_name":null,"customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}','{"provider":"fake","id":"W-1","reference":"SIGNED","request_id":"SIGNED-10000","amount":10000,"payable":10000,"fee":null,"net":null,"status":"paid","expires_at":null,"paid_at":null,"pay_with":[{"qris":"000201"}],"sandbox":null}',-189216000000,'b17c4c86c1d924550407ef6d324df245-15843',NULL,NULL,1606795341735,-189216000000,NULL,0,1606795341735);
INSERT INTO gerbang_attempt VALUES(17,'UNCERTAIN','finds',1,'UNCERTAIN',10000,'uncertain',2,NULL,NULL,'{"reference":"UNCERTAIN","amount":10000,"method":null,"expires_in":null,"customer_name":null,"customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}',NULL,-189216000000,'b17c4c86c1d924550407ef6d324df245-15843',1606795345356,NULL,1606795341745,-189216000000,NULL,1,1606795341745);
INSERT INTO gerbang_attempt VALUES(18,'INTENDED','finds',1,'INTENDED',10000,'intended',0,NULL,NULL,'{"reference":"INTENDED","amount":10000,"method":null,"expires_in":null,"customer_name":null,"customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}',NULL,-189216000000,'b17c4c86c1d924550407ef6d324df245-15843',1606795345475,NULL,1606795341747,-189216000000,NULL,1,1606795341747);
INSERT INTO gerbang_attempt VALUES(19,'SENDING','finds',1,'SENDING',10000,'sending',1,NULL,NULL,'{"reference":"SENDING","amount":10000,"method":null,"expires_in":null,"customer_name":null,"customer_email":null,"customer_phone":null,"description":null,"return_url":null,"request_id":null}',NULL,1606795461749,'b17c4c86c1d924550407ef6d324df245-15843',1606795461749,NULL,1606795341749,-189216000000,NULL,0,1606795341749);
CREATE TABLE gerbang_receipt (
    attempt INTEGER NOT NULL REFERENCES gerbang_attempt (id),
    -- The case by which a person has counted another payment of the attempt's reference; 0 for the attempt's own.
    case_id INTEGER NOT NULL DEFAULT 0,
    amount INTEGER NOT NULL,
    how TEXT NOT NULL CHECK (how IN ('notification', 'answer', 'person')),
    late INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (attempt, case_id)
) STRICT;
INSERT INTO gerbang_receipt VALUES(5,0,10000,'answer',0,1796011341661);
INSERT INTO gerbang_receipt VALUES(6,0,9000,'answer',0,1796011341667);
INSERT INTO gerbang_receipt VALUES(7,0,10500,'answer',0,1796011341670);
INSERT INTO gerbang_receipt VALUES(9,0,10000,'answer',0,1796011341690);
INSERT INTO gerbang_receipt VALUES(8,0,10000,'answer',1,1796011341720);
INSERT INTO gerbang_receipt VALUES(16,0,10000,'notification',0,1796011341744);
CREATE TABLE gerbang_surplus (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    attempt INTEGER NOT NULL REFERENCES gerbang_attempt (id),
    -- As that of its receipt.
    case_id INTEGER NOT NULL DEFAULT 0,
    amount INTEGER NOT NULL,
    why TEXT NOT NULL CHECK (why IN ('second', 'excess')),
    at INTEGER NOT NULL,
    person TEXT,
    note TEXT,
    refunded_at INTEGER,
    UNIQUE (attempt, case_id)
) STRICT;
INSERT INTO gerbang_surplus VALUES(1,7,0,500,'excess',1796011341670,NULL,NULL,NULL);
INSERT INTO gerbang_surplus VALUES(2,8,0,10000,'second',1796011341720,NULL,NULL,NULL);
CREATE TABLE gerbang_case (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL REFERENCES gerbang_account (name),
    attempt INTEGER REFERENCES gerbang_attempt (id),
    -- The merchant's reference, or the hash of the notification that it is about.
    subject TEXT NOT NULL,
    why TEXT NOT NULL,
    detail TEXT NOT NULL,
    -- What came in, in rupiah, where that is known.
    amount INTEGER,
    at INTEGER NOT NULL,
    resolution TEXT,
    person TEXT,
    note TEXT,
    resolved_at INTEGER,
    UNIQUE (account, subject, why, detail)
) STRICT;
INSERT INTO gerbang_case VALUES(1,'wallet',1,'ABSENT','creation_lost','the reply to the creation was lost and the payment cannot be looked for',NULL,1796011341648,NULL,NULL,NULL,NULL);
INSERT INTO gerbang_case VALUES(2,'finds',6,'SHORT','short','9000 rupiah came in, which is less than the order costs',9000,1796011341667,NULL,NULL,NULL,NULL);
CREATE TABLE gerbang_event (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    -- The attempt's number, the surplus's or the case's.
    subject INTEGER NOT NULL,
    order_id TEXT,
    body TEXT NOT NULL,
    at INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER NOT NULL,
    done_at INTEGER,
    UNIQUE (kind, subject)
) STRICT;
INSERT INTO gerbang_event VALUES(1,'payment.closed',1,'ABSENT','{"account":"wallet","reference":"ABSENT","amount":10000,"late":false,"why":"absent"}',1606795211648,0,1606795211648,1796011341673);
INSERT INTO gerbang_event VALUES(2,'case.opened',1,'ABSENT','{"account":"wallet","reference":"ABSENT","amount":null,"late":false,"why":"creation_lost"}',1606795211648,0,1606795211648,1796011341673);
INSERT INTO gerbang_event VALUES(3,'payment.created',2,'EXPIRED','{"account":"finds","reference":"EXPIRED","amount":10000,"late":false,"why":null}',1606795211651,0,1606795211651,1796011341673);
INSERT INTO gerbang_event VALUES(4,'payment.created',3,'CANCELLED','{"account":"finds","reference":"CANCELLED","amount":10000,"late":false,"why":null}',1606795211652,0,1606795211652,1796011341674);
INSERT INTO gerbang_event VALUES(5,'payment.created',4,'FAILED','{"account":"finds","reference":"FAILED","amount":10000,"late":false,"why":null}',1606795211654,0,1606795211654,1796011341674);
INSERT INTO gerbang_event VALUES(6,'payment.created',5,'PAID','{"account":"finds","reference":"PAID","amount":10000,"late":false,"why":null}',1606795211655,0,1606795211655,1796011341674);
INSERT INTO gerbang_event VALUES(7,'payment.created',6,'SHORT','{"account":"finds","reference":"SHORT","amount":10000,"late":false,"why":null}',1606795211657,0,1606795211657,1796011341674);
INSERT INTO gerbang_event VALUES(8,'payment.created',7,'MUCH','{"account":"finds","reference":"MUCH","amount":10000,"late":false,"why":null}',1606795211659,0,1606795211659,1796011341674);
INSERT INTO gerbang_event VALUES(9,'payment.paid',5,'PAID','{"account":"finds","reference":"PAID","amount":10000,"late":false,"why":null}',1606795221662,0,1606795221662,1796011341674);
INSERT INTO gerbang_event VALUES(10,'payment.closed',3,'CANCELLED','{"account":"finds","reference":"CANCELLED","amount":10000,"late":false,"why":"cancelled"}',1606795221663,0,1606795221663,1796011341675);
INSERT INTO gerbang_event VALUES(11,'payment.closed',4,'FAILED','{"account":"finds","reference":"FAILED","amount":10000,"late":false,"why":"failed"}',1606795221665,0,1606795221665,1796011341675);
INSERT INTO gerbang_event VALUES(12,'case.opened',2,'SHORT','{"account":"finds","reference":"SHORT","amount":9000,"late":false,"why":"short"}',1606795221667,0,1606795221667,1796011341675);
INSERT INTO gerbang_event VALUES(13,'payment.closed',2,'EXPIRED','{"account":"finds","reference":"EXPIRED","amount":10000,"late":false,"why":"expired"}',1606795221669,0,1606795221669,1796011341675);
INSERT INTO gerbang_event VALUES(14,'payment.paid',7,'MUCH','{"account":"finds","reference":"MUCH","amount":10500,"late":false,"why":null}',1606795221670,0,1606795221670,1796011341675);
INSERT INTO gerbang_event VALUES(15,'payment.surplus',1,'MUCH','{"account":"finds","reference":"MUCH","amount":500,"late":false,"why":"excess"}',1606795221670,0,1606795221670,1796011341675);
INSERT INTO gerbang_event VALUES(16,'payment.created',8,'TWICE','{"account":"qr","reference":"TWICE","amount":10000,"late":false,"why":null}',1606795221681,0,1606795221681,NULL);
INSERT INTO gerbang_event VALUES(17,'payment.closed',8,'TWICE','{"account":"qr","reference":"TWICE","amount":10000,"late":false,"why":"cancelled"}',1606795221684,0,1606795221684,NULL);
INSERT INTO gerbang_event VALUES(18,'payment.created',9,'TWICE','{"account":"finds","reference":"TWICE-2","amount":10000,"late":false,"why":null}',1606795221687,0,1606795221687,NULL);
INSERT INTO gerbang_event VALUES(19,'payment.paid',9,'TWICE','{"account":"finds","reference":"TWICE-2","amount":10000,"late":false,"why":null}',1606795341690,0,1606795341690,NULL);
INSERT INTO gerbang_event VALUES(20,'payment.surplus',2,'TWICE','{"account":"qr","reference":"TWICE","amount":10000,"late":false,"why":"second"}',1606795341720,0,1606795341720,NULL);
INSERT INTO gerbang_event VALUES(21,'payment.closed',10,'WITHDRAWN','{"account":"finds","reference":"WITHDRAWN","amount":10000,"late":false,"why":"withdrawn"}',1606795341723,0,1606795341723,NULL);
INSERT INTO gerbang_event VALUES(22,'payment.closed',11,'REFUSED','{"account":"finds","reference":"REFUSED","amount":10000,"late":false,"why":"refused"}',1606795341725,0,1606795341725,NULL);
INSERT INTO gerbang_event VALUES(23,'payment.closed',12,'UNSEEN','{"account":"qr","reference":"UNSEEN","amount":10000,"late":false,"why":"unseen"}',1606795341726,0,1606795341726,NULL);
INSERT INTO gerbang_event VALUES(24,'payment.created',13,'UNSEEN','{"account":"qr","reference":"UNSEEN-2","amount":10000,"late":false,"why":null}',1606795341729,0,1606795341729,NULL);
INSERT INTO gerbang_event VALUES(25,'payment.created',14,'OPEN','{"account":"finds","reference":"OPEN","amount":10000,"late":false,"why":null}',1606795341730,0,1606795341730,NULL);
INSERT INTO gerbang_event VALUES(26,'payment.created',15,'NOTIFIED','{"account":"qr","reference":"NOTIFIED","amount":10000,"late":false,"why":null}',1606795341732,0,1606795341732,NULL);
INSERT INTO gerbang_event VALUES(27,'payment.created',16,'SIGNED','{"account":"wallet","reference":"SIGNED","amount":10000,"late":false,"why":null}',1606795341736,0,1606795341736,NULL);
INSERT INTO gerbang_event VALUES(28,'payment.paid',16,'SIGNED','{"account":"wallet","reference":"SIGNED","amount":10000,"late":false,"why":null}',1606795341744,0,1606795341744,NULL);
CREATE TABLE gerbang_inbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL REFERENCES gerbang_account (name),
    hash TEXT NOT NULL,
    attempt INTEGER REFERENCES gerbang_attempt (id),
    gateway_id TEXT,
    -- Of the first that claims the same, where it proves nothing by itself. Without secrets.
    headers TEXT,
    body BLOB,
    notification TEXT NOT NULL,
    -- None while the gateway has not been asked.
    outcome TEXT,
    tries INTEGER NOT NULL DEFAULT 0,
    at INTEGER NOT NULL,
    UNIQUE (hash, account)
) STRICT;
INSERT INTO gerbang_inbox VALUES(1,'qr','3ea83007fba8333d3d92535e47fc953a8a66ddac62a0e3281fb63b09f4c64d5d',15,'Q-4','{"content-type":"application/json"}',X'7b226964223a22512d34222c2270617961626c65223a31303030302c227265666572656e6365223a224e4f544946494544222c22737461747573223a2270656e64696e67227d','{"trust":"unsigned","id":"Q-4","reference":"NOTIFIED","amount":null,"payable":10000,"has_unreadable_amount":false,"claimed":"pending","request_id":null,"code":null,"sandbox":null,"nonce":null}',NULL,0,1606795341734);
INSERT INTO gerbang_inbox VALUES(2,'wallet','ea084b79b1ee860fc97cbedcfeca3fb336389ac996938dd752a6ac02c274a6ae',16,'W-1','{"content-type":"application/json"}',X'7b226964223a22572d31222c2270617961626c65223a31303030302c227265666572656e6365223a225349474e4544222c22737461747573223a2270616964227d','{"trust":"signed","id":"W-1","reference":"SIGNED","amount":null,"payable":10000,"has_unreadable_amount":false,"claimed":"paid","request_id":null,"code":null,"sandbox":null,"nonce":null}','learnt',0,1606795341744);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('gerbang_attempt',19);
INSERT INTO sqlite_sequence VALUES('gerbang_event',28);
INSERT INTO sqlite_sequence VALUES('gerbang_case',2);
INSERT INTO sqlite_sequence VALUES('gerbang_surplus',2);
INSERT INTO sqlite_sequence VALUES('gerbang_inbox',2);
CREATE UNIQUE INDEX gerbang_attempt_one_open ON gerbang_attempt (order_id)
    WHERE state IN ('intended', 'sending', 'uncertain', 'open');
CREATE UNIQUE INDEX gerbang_attempt_reference ON gerbang_attempt (lower(reference), account);
CREATE UNIQUE INDEX gerbang_attempt_gateway_id ON gerbang_attempt (gateway_id, account);
CREATE INDEX gerbang_attempt_order ON gerbang_attempt (order_id);
CREATE INDEX gerbang_attempt_due ON gerbang_attempt (account, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX gerbang_attempt_unsent ON gerbang_attempt (account, due_at) WHERE state IN ('intended', 'sending');
CREATE INDEX gerbang_attempt_request ON gerbang_attempt (created_at) WHERE request IS NOT NULL;
CREATE INDEX gerbang_case_open ON gerbang_case (id) WHERE resolved_at IS NULL;
CREATE UNIQUE INDEX gerbang_event_paid_once ON gerbang_event (order_id) WHERE kind = 'payment.paid';
CREATE INDEX gerbang_event_undone ON gerbang_event (seq) WHERE done_at IS NULL;
CREATE INDEX gerbang_event_undone_order ON gerbang_event (order_id, seq) WHERE done_at IS NULL;
CREATE INDEX gerbang_inbox_attempt ON gerbang_inbox (attempt);
CREATE INDEX gerbang_inbox_bodies ON gerbang_inbox (at) WHERE body IS NOT NULL;
COMMIT;
