package evidence

var exactlyOnce = []Promise{}
