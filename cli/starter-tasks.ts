/** Messages to the customer service of a shop by what they are about, one a line: a part of examples/support-messages. */
const messages = {
  train: {
    delivery: `
Only two of the three boxes were delivered. Where's the third?
Is my package lost? Last scan was on 30 August in the sorting centre.
How much are the shipping costs for a chair?
I got an email that my package was delivered, but there's no package here 😕
I haven't got any shipping confirmation yet for order HK-306725.
Courier said 'tomorrow' three times now. Where is my sofa?
Tracking says delivered but I never got the parcel.
Package lost. Carrier confirmed that it's lost. Please send a new one, same address.
Where can I track my shipment? I can't find the link in the email.
still waiting for my parcel 😡 order 307331
Two parcels were announced in the tracking but only one was delivered today.
Half of my order is missing. I got the pillows but no blankets in the parcel.
I have two orders. Is it one delivery or two parcels?
Could you tell me when my order will be delivered?
delivery was promised within 48 hours, now its been a week and no news
Do you deliver to PO boxes?
Where's my order?! You promised 2-3 days shipping and it's day 8.
Estimated delivery keeps jumping: first the 4th, then the 6th, now the 11th. Which one is true?
The courier wants a phone number for the delivery. Mine is in the order, please pass it on.
I've been waiting for my delivery for almost two weeks, please check with the courier.
`,
    invoice: `
I need a copy of the receipt, my insurance is asking for it.
Please add our VAT number to the invoice and send us the corrected document as PDF.
Send me the bill with VAT please, I need it for the tax office.
Please send all invoices from Q3 as PDF to our accounting department: accounts@example.com
The VAT ID of our company is missing, please issue a corrected invoice.
My employer needs an invoice with our company name on it 🙏
My receipt is lost and I need it for a repair under warranty. Could you send me a new one?
I paid in March but got no receipt. Please send me a receipt as PDF.
I need an invoice with VAT for my company.
I can log in, see the order, but under "documents" there is no invoice. Could you mail it?
Could you tell me the customs tariff code on the invoice? It's needed for the export papers.
Is a pro forma invoice possible before we order? Our finance office insists on it.
Do I get the invoice automatically by email or do I have to download it?
I lost my receipt, can you send it to me again?
My subscription for vacuum bags: can I have one yearly invoice rather than twelve small ones?
We need an invoice that is made out to our school, with the billing address in Hill Street.
Invoice please, for order HK-351220. I need it for my bookkeeping.
Please add our purchase order number PO-6612 to the invoice, otherwise they won't process it.
Can you put our cost centre on the invoice?
The total on the invoice is wrong, it should be 79.90. Please correct it for our bookkeeping.
`,
    account: `
The verification code for the log in never comes to my phone.
The link to reset my password has expired.
Got a mail that somebody logged in from another country. That wasn't me! What should I do?
The password reset email doesn't arrive.
I received an email about a new login on my account, but it wasn't me.
how do i change my email adress
no activation mail received, cant use my new account. checked the spam folder too
I can't see my old orders any more after switching from guest to registered.
I get someone else's emails, my address must be in the wrong account.
I no longer have access to my old e-mail address and can't log in.
Can I switch my private account to a business account, or do I have to register again?
the app says login failed, but my password is right and i can log in on the website
Please don't send me any more advertising by post and delete my address from your mailing list.
How do I turn off the notifications and newsletters from your app?
forgot which mail i used to sign up, can u find it by name?
Hello, I want register but the site tell "e-mail already exist". I never was register before.
I have two accounts with different email addresses. Can you merge them into one account?
how can i change my password? i cant find it anywhere in the settings
Please delete my account and all my personal data, and confirm this by e-mail.
I wish to cancel my account. Not an order, the account itself.
`,
  },
  val: {
    delivery: `
Is express available for the 1.8 m ladder or only standard?
my delivery is late again!! it was supposed to come on the 12th
How many days is standard delivery inside Germany?
apartment nr is missing on the label!! its 5B. the driver will never find it otherwise
hello my order has not arrived yet, ordered on 2 march, today is 20 march
The pillow cases came today but the duvet from the same order didn't. Is it coming separately?
I picked "leave with neighbour" by mistake, could you set it back to personal handover?
will the curtain rods arrive before easter
The parcel is at a pick-up point 20 km from here. Please have it delivered to my home.
where is my parcel??? order 204817
Please confirm that order 309575 has been shipped. I need it by the weekend.
The parcel box was empty, there was no mixer in it at all. Just paper.
`,
    invoice: `
Hi, re-send bill for 10th of June pls, the link in the mail is expired
the total on my receipt doesn't add up: 24.90 + 13.50 is not 39.40
Good day, we are a non-profit and exempt from tax. Can the invoice be issued without VAT?
Hi, could you send me the invoice for order HK-203981? My employer needs it for expenses.
I returned one of the two lamps and need a corrected invoice showing only the one that I kept.
i never got an invoice by email, can you send me a pdf copy
The payment was taken and the goods are here, but where is my bill?
Could you resend the invoice from December? I deleted the email.
The date on the invoice isn't correct, our tax adviser needs a new one with the right date.
Invoice address is wrong, it says 12 instead of 112. Goods arrived fine, it's just for the books.
The invoice lists three items but the order has only two. Please correct the invoice.
The VAT rate on your bill is wrong, it says 7 % and it must be 19 %. I need a new document.
`,
    account: `
I want to change the phone number in my profile but the app doesn't save the new number.
Please cancel my newsletter, three mails a day is too much.
My loyalty points are still showing zero though I've been a customer since 2019.
Can I change my user name for the login?
Charged my phone, updated the app, cleared the cache, still "login failed".
Where's the setting for language? Everything turned Dutch yesterday.
My name is spelled wrong in my account, it should be Meyer with y.
Since your update my saved wish list has disappeared. Is it gone for good?
How can I save a second address in my account profile?
How do I delete my account and all of my personal data?
Moved to a new flat. No open orders, I just want the default address in my profile changed.
we need a second login for our company account, for a colleague in purchasing
`,
  },
  test: {
    delivery: `
I was told the missing chair would be shipped on Monday. Has it been sent?
When do you ship order HK-303390? It's still on "processing".
my package still hasnt arrived, its 6 days late now
hey, my shelf is coming in 3 boxes and only box 1 and 3 are here, box 2 shows no scan at all
Why hasn't my order been shipped? All the items were in stock.
How do I change the delivery day of my order?
Where is my parcel? I ordered on Monday and have heard nothing since.
Pakage not come. Pakage number end with 4471. Please help I need the heater, is cold here
How long does shipping take to Austria?
The order confirmation says delivery on 3 June, the tracking says 13 June. Why so late?
`,
    invoice: `
Please issue a credit note for order 352390, our accounting department needs the document.
Could I get all my invoices from last year in one file?
Do you send the invoice in the parcel or by mail? I have neither.
hello, can i have the invoice in english please
Our VAT number is missing on the bill. Please issue a corrected one to the company name.
We need the invoice to be split: half to me and half to my flatmate. Doable?
can i get the bill in english instead of german
I paid by bank transfer for our sports club. Please make out the receipt to the club, not to me.
Can I get a receipt for my order? I need a proof of purchase for the warranty.
VAT is not shown on the invoice. Please correct it.
`,
    account: `
I forgot which email I used to register my account. Can you look it up with my name and address?
Unsubscribe me!!! I've clicked the link in your newsletter four times!
The code for the two-step login goes to my old phone number.
I have two accounts by accident, one with my work mail and one private. Can they be merged?
What personal data do you have stored in my account?
Trying to download an invoice but the login page just reloads. Same in another browser.
I can't log in to my account any more. I'm sure that the user name and the password are right.
I typed gmial instead of gmail when registering. Now I can't confirm it. Please fix.
How do I turn off the marketing emails and text messages in my account settings?
The activation link says "token invalid".
`,
  },
};

/** The tasks of a new project as JSONL, by file name. They can be learned, and take seconds. */
export function starterTasks(): Record<string, string> {
  const files = Object.entries(messages).map(([suite, byLabel]) => {
    const tasks = Object.entries(byLabel).flatMap(([expected, lines]) =>
      lines
        .trim()
        .split("\n")
        .map((input) => ({ input, expected })),
    );
    const lines = tasks.map((task, index) => JSON.stringify({ id: `${suite}-${index + 1}`, ...task }));
    return [`${suite}.jsonl`, `${lines.join("\n")}\n`];
  });
  return Object.fromEntries(files) as Record<string, string>;
}
