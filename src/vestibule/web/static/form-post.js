// Sends the authorization response on. Without JavaScript the page's button does the same.
document.forms[0].submit();
