package scanner

const cnRecord = "Domain Name: example.cn\nROID: 20140908s10001s72166376-cn\nDomain Status: ok\nRegistrant: 北京示例科技有限公司\n" +
	"Registrant Contact Email: a@example.cn\nSponsoring Registrar: 阿里云计算有限公司（万网）\nName Server: dns7.hichina.com\n" +
	"Registration Time: 2014-09-08 10:52:31\nExpiration Time: 2027-09-08 10:52:31\nDNSSEC: unsigned\n"

const comRecord = "   Domain Name: EXAMPLE.COM\r\n   Registrar WHOIS Server: %s\r\n   Creation Date: 2002-07-12T15:48:26Z\r\n   Registry Expiry Date: 2027-07-12T15:48:26Z\r\n" +
	"   Registrar: Alibaba Cloud Computing (Beijing) Co., Ltd.\r\n   Registrar IANA ID: 420\r\n   Domain Status: ok https://icann.org/epp#ok\r\n"

const rdapRecord = `{"objectClassName":"domain","ldhName":"EXAMPLE.COM","status":["client transfer prohibited","active"],
"events":[{"eventAction":"registration","eventDate":"2002-07-12T15:48:26Z"},{"eventAction":"expiration","eventDate":"2027-07-12T15:48:26Z"}],
"entities":[{"roles":["registrar"],"publicIds":[{"type":"IANA Registrar ID","identifier":"420"}],"vcardArray":["vcard",[["version",{},"text","4.0"],["fn",{},"text","Alibaba"]]]},
{"roles":["registrant"],"vcardArray":["vcard",[["fn",{},"text",""],["org",{},"text",["北京示例科技有限公司","市场部"]]]]}]}`
